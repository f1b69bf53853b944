import type { PageEntry } from '../../app/registry.ts'

export const entry: PageEntry = {
  path: '/sign-in',
  title: 'Sign in',
  outside: true,
  load: () => import('./SignIn.tsx'),
}
