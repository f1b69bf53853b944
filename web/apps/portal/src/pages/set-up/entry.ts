import type { PageEntry } from '../../app/registry.ts'

export const entry: PageEntry = {
  path: '/set-up',
  title: 'Set up',
  outside: true,
  load: () => import('./SetUp.tsx'),
}
