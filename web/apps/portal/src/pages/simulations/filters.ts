/** What the list of simulations is narrowed to, as it stands in the address of the page. Pure. */
import type { SimulationFilter } from '../../api/simulations.ts'

export const STATES = [
  'active',
  'pending',
  'dispatched',
  'processing',
  'completed',
  'failed',
  'cancelled',
] as const

/** What the address of the list says; `active` is all that is not over. */
export interface Filters {
  readonly state: (typeof STATES)[number] | null
  readonly project: string | null
}

/** Returns what an address says; what it cannot mean is left out. */
export function filtersOf(search: URLSearchParams): Filters {
  const project = search.get('project')
  return {
    state: STATES.find((state) => state === search.get('state')) ?? null,
    project: project === '' ? null : project,
  }
}

/** Returns filters as the API takes them. */
export function askedOf({ state, project }: Filters): SimulationFilter {
  return {
    ...(state === 'active' && { active: true }),
    ...(state !== null && state !== 'active' && { state: [state] }),
    ...(project !== null && { project }),
  }
}
