import IconLink from '@tabler/icons-react/dist/esm/icons/IconLink.mjs'
import type { PageEntry } from '../../app/registry.ts'

export const entry: PageEntry = {
  path: '/share-links',
  title: 'Share links',
  needs: 'links:read',
  nav: { section: 'Connect', order: 2, icon: IconLink },
  load: () => import('./ShareLinks.tsx'),
}
