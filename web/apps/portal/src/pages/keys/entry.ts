import IconKey from '@tabler/icons-react/dist/esm/icons/IconKey.mjs'
import type { PageEntry } from '../../app/registry.ts'

export const entry: PageEntry = {
  path: '/keys',
  title: 'Keys',
  needs: 'keys:read',
  nav: { section: 'Connect', order: 1, icon: IconKey },
  load: () => import('./Keys.tsx'),
}
