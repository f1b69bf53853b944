import IconServer2 from '@tabler/icons-react/dist/esm/icons/IconServer2.mjs'
import type { PageEntry } from '../../app/registry.ts'

export const entry: PageEntry = {
  path: '/workers',
  title: 'Workers',
  needs: 'workers:read',
  nav: { section: 'Serve', order: 2, icon: IconServer2 },
  load: () => import('./Workers.tsx'),
}
