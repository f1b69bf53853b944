/** Questions about simulations, and what can be done with them. */
import {
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useQueryClient,
} from '@tanstack/react-query'
import { useEffect } from 'react'
import { useAct } from '../pieces/useAct.ts'
import { answerOf, api, type Schemas } from './client.ts'
import type { paths } from './schema.d.ts'
import { pause, readStream } from './streams.ts'
import { keys } from './watched.ts'

export type Simulation = Schemas['SimulationView']
export type Run = Schemas['RunView']
export type Submission = Schemas['SubmitSimulation']
export type SimulationFilter = Omit<
  NonNullable<paths['/v1/simulations']['get']['parameters']['query']>,
  'cursor' | 'limit'
>

const KEY = keys.simulations
const ONE = ['simulation']
const OVER: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled'])
const ON_SLOT: ReadonlySet<string> = new Set(['dispatched', 'processing'])
const PAGE = 50
const AGAIN_MS = 2_000
const IDLE_MS = 15_000

/** Whether a simulation, or a run, is over. */
export function isOver({ state }: Pick<Simulation, 'state'>): boolean {
  return OVER.has(state)
}

/** Returns how many slots a simulation holds: one for each of its scripts that has one. */
export function slotsOf({ runs }: Pick<Simulation, 'runs'>): number {
  return runs.filter(({ state }) => ON_SLOT.has(state)).length
}

/** The simulations that fit, the newest first; asked again sooner while one of them goes on. */
export function simulationsThat(fit: SimulationFilter) {
  return infiniteQueryOptions({
    queryKey: [...KEY, fit],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/v1/simulations', {
          params: {
            query: { ...fit, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) },
          },
        }),
      ),
    getNextPageParam: ({ cursor }) => cursor,
    refetchInterval: ({ state: { data } }) => {
      const all = data?.pages.flatMap(({ simulations }) => simulations) ?? []
      return all.every(isOver) ? IDLE_MS : AGAIN_MS
    },
  })
}

/** One simulation with its runs. */
export function simulationOf(id: string) {
  return queryOptions({
    queryKey: [...ONE, id],
    queryFn: async () =>
      (await answerOf(
        api.GET('/v1/simulations/{simulation_id}', { params: { path: { simulation_id: id } } }),
      )) as Simulation, // it may be asked for as a stream of text too
  })
}

/** Keeps one simulation at this moment's state until it is over, while the page can be seen. */
export function useFollowed(id: string): void {
  const client = useQueryClient()
  useEffect(() => {
    let stop = new AbortController()
    const look = (): void => {
      stop.abort()
      stop = new AbortController()
      if (document.visibilityState === 'visible') void follow(client, id, stop.signal)
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => {
      document.removeEventListener('visibilitychange', look)
      stop.abort()
    }
  }, [client, id])
}

async function follow(client: QueryClient, id: string, signal: AbortSignal): Promise<void> {
  const { queryKey } = simulationOf(id)
  const goesOn = (): boolean => {
    const known = client.getQueryData(queryKey)
    return !signal.aborted && (known === undefined || !isOver(known))
  }
  while (goesOn()) {
    try {
      await readStream(`/v1/simulations/${encodeURIComponent(id)}`, signal, (events) => {
        for (const { type, data } of events) {
          if (type === 'simulation') client.setQueryData(queryKey, JSON.parse(data) as Simulation)
        }
      })
    } catch {
      // Lost, refused or cut short: the page asks again, and shows why where it is refused.
    }
    if (signal.aborted) return
    await pause(AGAIN_MS, signal)
    if (goesOn()) await client.invalidateQueries({ queryKey })
  }
  if (!signal.aborted) await client.invalidateQueries({ queryKey: ['recordings'] })
}

/** Submits scripts; the page that asks shows why it was refused. */
export function useSubmit() {
  return useAct({
    act: (body: Submission) => answerOf(api.POST('/v1/simulations', { body })),
    said: () => 'The simulation was submitted.',
    missed: null,
    again: [KEY],
  })
}

/** Cancels a simulation. */
export function useCancel() {
  return useAct({
    act: ({ id }: Pick<Simulation, 'id'>) =>
      answerOf(
        api.POST('/v1/simulations/{simulation_id}/cancel', {
          params: { path: { simulation_id: id } },
        }),
      ),
    said: ({ state }) =>
      state === 'cancelled' ? 'The simulation was cancelled.' : `It is ${state} already.`,
    missed: 'The simulation goes on',
    again: [KEY, ONE],
  })
}
