import IconChartBar from '@tabler/icons-react/dist/esm/icons/IconChartBar.mjs'
import type { PageEntry } from '../../app/registry.ts'

export const entry: PageEntry = {
  path: '/usage',
  title: 'Usage',
  needs: 'usage:read',
  nav: { section: 'Account', order: 1, icon: IconChartBar },
  load: () => import('./Usage.tsx'),
}
