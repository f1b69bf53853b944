/** Questions about workers, and what can be done with them. */
import { queryOptions } from '@tanstack/react-query'
import { answerOf, api, type Schemas } from '../../api/client.ts'
import { keys } from '../../api/watched.ts'
import { useAct } from '../../pieces/useAct.ts'

export type Worker = Schemas['WorkerView']
export type Pool = Schemas['PoolView']

/** The workers, for the operator; else the pools that the account's projects use. */
export const workersSeen = queryOptions({
  queryKey: keys.workers,
  queryFn: () => answerOf(api.GET('/v1/workers')),
})

/** Puts a worker out of service. */
export function useDrain() {
  return useAct({
    act: ({ worker: { id }, withinS }: { readonly worker: Worker; readonly withinS: number }) =>
      answerOf(
        api.POST('/v1/workers/{worker_id}/drain', {
          params: { path: { worker_id: id } },
          body: { within_s: withinS },
        }),
      ),
    said: ({ name }) => `${name} takes no new sessions.`,
    missed: 'The worker was not drained',
    again: [keys.workers],
  })
}

/** Puts a worker back in service. */
export function useResume() {
  return useAct({
    act: ({ id }: Worker) =>
      answerOf(api.POST('/v1/workers/{worker_id}/resume', { params: { path: { worker_id: id } } })),
    said: ({ name }) => `${name} takes sessions again.`,
    missed: 'The worker was not put back',
    again: [keys.workers],
  })
}
