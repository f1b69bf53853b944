import IconStack2 from '@tabler/icons-react/dist/esm/icons/IconStack2.mjs'
import type { PageEntry } from '../../app/registry.ts'

export const entry: readonly PageEntry[] = [
  {
    path: '/projects',
    title: 'Projects',
    needs: 'projects:read',
    nav: { section: 'Serve', order: 1, icon: IconStack2 },
    load: () => import('./Projects.tsx'),
  },
  {
    path: '/projects/:name',
    title: 'Project',
    needs: 'projects:read',
    load: () => import('./Project.tsx'),
  },
]
