import IconLayoutDashboard from '@tabler/icons-react/dist/esm/icons/IconLayoutDashboard.mjs'
import type { PageEntry } from '../../app/registry.ts'

export const entry: PageEntry = {
  path: '/',
  title: 'Overview',
  needs: 'sessions:read',
  nav: { section: 'Watch', order: 1, icon: IconLayoutDashboard },
  load: () => import('./Overview.tsx'),
}
