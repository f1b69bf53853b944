import IconBroadcast from '@tabler/icons-react/dist/esm/icons/IconBroadcast.mjs'
import type { PageEntry } from '../../app/registry.ts'

export const entry: readonly PageEntry[] = [
  {
    path: '/sessions',
    title: 'Sessions',
    needs: 'sessions:read',
    nav: { section: 'Watch', order: 2, icon: IconBroadcast },
    load: () => import('./Sessions.tsx'),
  },
  {
    path: '/sessions/:id',
    title: 'Session',
    needs: 'sessions:read',
    load: () => import('./Session.tsx'),
  },
]
