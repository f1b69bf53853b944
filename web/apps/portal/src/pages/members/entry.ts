import IconUsers from '@tabler/icons-react/dist/esm/icons/IconUsers.mjs'
import type { PageEntry } from '../../app/registry.ts'

export const entry: PageEntry = {
  path: '/members',
  title: 'Members',
  needs: 'members:read',
  nav: { section: 'Account', order: 2, icon: IconUsers },
  load: () => import('./Members.tsx'),
}
