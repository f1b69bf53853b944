import IconHistory from '@tabler/icons-react/dist/esm/icons/IconHistory.mjs'
import type { PageEntry } from '../../app/registry.ts'

export const entry: PageEntry = {
  path: '/audit',
  title: 'Audit log',
  needs: 'audit:read',
  nav: { section: 'Account', order: 4, icon: IconHistory },
  load: () => import('./Audit.tsx'),
}
