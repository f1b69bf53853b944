/** Questions about sessions, and what can be done to them. */
import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import { done, failed } from '../pieces/notify.ts'
import { answerOf, api, type Schemas } from './client.ts'
import type { paths } from './schema.d.ts'
import { keys } from './watched.ts'

export type Session = Schemas['SessionView']
export type SessionFilter = Omit<
  NonNullable<paths['/v1/sessions']['get']['parameters']['query']>,
  'cursor' | 'limit'
>

export const FINAL: ReadonlySet<string> = new Set(['disconnected', 'failed'])
const HOLDING: ReadonlySet<string> = new Set(['connecting', 'streaming', 'idle'])
const PAGE = 50

/** Whether a session has ended. */
export function isOver({ state }: Session): boolean {
  return FINAL.has(state)
}

/** Whether a session holds a slot: it counts in the limits. */
export function isHolding({ state }: Session): boolean {
  return HOLDING.has(state)
}

/** The sessions that fit a filter, the newest first, a page at a time. */
export function sessionsThat(fit: SessionFilter) {
  return infiniteQueryOptions({
    queryKey: [...keys.sessions, fit],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/v1/sessions', {
          params: {
            query: { ...fit, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) },
          },
        }),
      ),
    getNextPageParam: ({ cursor }) => cursor,
  })
}

/** How one session went. */
export function timelineOf(id: string) {
  return queryOptions({
    queryKey: keys.timeline(id),
    queryFn: () =>
      answerOf(
        api.GET('/v1/sessions/{session_id}/timeline', { params: { path: { session_id: id } } }),
      ),
  })
}

/** Ends sessions, all in one request, and says what came of it. */
export function useEnd() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (ids: readonly string[]) =>
      answerOf(api.POST('/v1/sessions/end', { body: { sessions: [...ids] } })),
    onSuccess: ({ results }) => {
      const missed = results.filter(({ problem }) => problem !== null).length
      const ended = results.length - missed
      if (ended > 0)
        done(
          ended === 1
            ? 'The session was ended: its slot is free.'
            : `${ended} sessions were ended.`,
        )
      if (missed > 0) failed('Not all were ended', new Error(`${missed} could not be ended`))
    },
    onError: (error) => {
      failed('Nothing was ended', error)
    },
    onSettled: async () => {
      await Promise.all([
        client.invalidateQueries({ queryKey: keys.sessions }),
        client.invalidateQueries({ queryKey: keys.overview }),
        client.invalidateQueries({ queryKey: keys.timelines }),
      ])
    },
  })
}
