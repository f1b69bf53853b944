import type { PageEntry } from '../../app/registry.ts'

export const entry: PageEntry = {
  path: '/profile',
  title: 'Profile',
  load: () => import('./Profile.tsx'),
}
