import IconAdjustments from '@tabler/icons-react/dist/esm/icons/IconAdjustments.mjs'
import type { PageEntry } from '../../app/registry.ts'

export const entry: PageEntry = {
  path: '/settings',
  title: 'Account',
  needs: 'account:read',
  nav: { section: 'Account', order: 3, icon: IconAdjustments },
  load: () => import('./Account.tsx'),
}
