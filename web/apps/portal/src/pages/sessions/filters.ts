/** What a list of sessions is narrowed to, as it stands in the address of the page. Pure. */
import type { SessionFilter } from '../../api/sessions.ts'

type State = NonNullable<SessionFilter['state']>[number]
type Code = NonNullable<SessionFilter['code']>[number]

export const STATES: readonly State[] = [
  'requesting',
  'queued',
  'connecting',
  'streaming',
  'idle',
  'disconnected',
  'failed',
]
const NAMED = ['project', 'region', 'end_user', 'worker'] as const
export type Named = (typeof NAMED)[number]

/** Which sessions a list is of: those of now, all of them, or those that hold a slot. */
export type Which = 'live' | 'past' | 'all'

/** What the address of the list says. */
export interface Filters {
  readonly which: Which
  readonly states: readonly State[]
  readonly codes: readonly Code[]
  readonly named: Readonly<Partial<Record<Named, string>>>
  /** Days, as `2026-11-21`, in the reader's time zone; the last is within. */
  readonly from: string | null
  readonly to: string | null
}

/** Returns what an address says; what it cannot mean is left out. */
export function filtersOf(search: URLSearchParams): Filters {
  const which = search.get('which')
  const named = NAMED.flatMap((name) => {
    const value = search.get(name)
    return value === null || value === '' ? [] : [[name, value] as const]
  })
  return {
    which: which === 'past' || which === 'all' ? which : 'live',
    states: STATES.filter((state) => search.getAll('state').includes(state)),
    codes: search
      .getAll('code')
      .filter((code) => /^\d{4}$/.test(code))
      .map(Number) as Code[],
    named: Object.fromEntries(named),
    from: day(search.get('from')),
    to: day(search.get('to')),
  }
}

/** Returns the address of filters; what says nothing is left out. */
export function addressOf(filters: Filters): URLSearchParams {
  const found = new URLSearchParams()
  if (filters.which !== 'live') found.set('which', filters.which)
  for (const state of filters.states) found.append('state', state)
  for (const code of filters.codes) found.append('code', String(code))
  for (const [name, value] of Object.entries(filters.named)) if (value) found.set(name, value)
  if (filters.from !== null) found.set('from', filters.from)
  if (filters.to !== null) found.set('to', filters.to)
  return found
}

/** Returns filters as the API takes them. */
export function askedOf(filters: Filters): SessionFilter {
  const states = filters.states.length > 0 ? filters.states : filters.which === 'past' ? OVER : []
  return {
    ...(filters.which === 'live' && { live: true }),
    ...(states.length > 0 && { state: [...states] }),
    ...(filters.codes.length > 0 && { code: [...filters.codes] }),
    ...filters.named,
    ...(filters.from !== null && { from: startOf(filters.from, 0) }),
    ...(filters.to !== null && { to: startOf(filters.to, 1) }),
  }
}

/** Returns how many filters narrow the list. */
export function countOf(filters: Filters): number {
  const dates = [filters.from, filters.to].filter((one) => one !== null).length
  return filters.states.length + filters.codes.length + Object.keys(filters.named).length + dates
}

const OVER: readonly State[] = ['disconnected', 'failed']

function day(value: string | null): string | null {
  return value !== null && /^\d{4}-\d\d-\d\d$/.test(value) ? value : null
}

function startOf(text: string, daysOn: number): string {
  const at = new Date(`${text}T00:00:00`)
  at.setDate(at.getDate() + daysOn)
  return at.toISOString()
}
