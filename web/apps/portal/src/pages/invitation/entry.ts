import type { PageEntry } from '../../app/registry.ts'

export const entry: PageEntry = {
  path: '/invitation',
  title: 'Invitation',
  outside: true,
  load: () => import('./Invitation.tsx'),
}
