import IconMovie from '@tabler/icons-react/dist/esm/icons/IconMovie.mjs'
import type { PageEntry } from '../../app/registry.ts'

export const entry: readonly PageEntry[] = [
  {
    path: '/simulations',
    title: 'Simulations',
    needs: 'simulations:read',
    nav: { section: 'Watch', order: 3, icon: IconMovie },
    load: () => import('./Simulations.tsx'),
  },
  {
    path: '/simulations/new',
    title: 'New simulation',
    needs: 'simulations:write',
    load: () => import('./NewSimulation.tsx'),
  },
  {
    path: '/simulations/:id',
    title: 'Simulation',
    needs: 'simulations:read',
    load: () => import('./Simulation.tsx'),
  },
]
