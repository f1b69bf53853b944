import IconLayersSubtract from '@tabler/icons-react/dist/esm/icons/IconLayersSubtract.mjs'
import type { PageEntry } from '../../app/registry.ts'

export const entry: PageEntry = {
  path: '/plans',
  title: 'Plans',
  needs: 'operate',
  nav: { section: 'Operator', order: 2, icon: IconLayersSubtract },
  load: () => import('./Plans.tsx'),
}
