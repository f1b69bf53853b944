import IconBuildingCommunity from '@tabler/icons-react/dist/esm/icons/IconBuildingCommunity.mjs'
import type { PageEntry } from '../../app/registry.ts'

export const entry: PageEntry = {
  path: '/accounts',
  title: 'Accounts',
  needs: 'operate',
  nav: { section: 'Operator', order: 1, icon: IconBuildingCommunity },
  load: () => import('./Accounts.tsx'),
}
