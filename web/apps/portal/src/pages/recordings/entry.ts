import IconVideo from '@tabler/icons-react/dist/esm/icons/IconVideo.mjs'
import type { PageEntry } from '../../app/registry.ts'

export const entry: readonly PageEntry[] = [
  {
    path: '/recordings',
    title: 'Recordings',
    needs: 'recordings:read',
    nav: { section: 'Watch', order: 4, icon: IconVideo },
    load: () => import('./Recordings.tsx'),
  },
  {
    path: '/recordings/:id',
    title: 'Recording',
    needs: 'recordings:read',
    load: () => import('./Recording.tsx'),
  },
]
