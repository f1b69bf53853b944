/** Questions about who may watch a session beside its viewer, and what can be done about it. */
import { queryOptions } from '@tanstack/react-query'
import { useAct } from '../pieces/useAct.ts'
import { answerOf, api, type Schemas } from './client.ts'

export type Spectator = Schemas['SpectatorView']

const AGAIN_MS = 5_000

/** Who may watch a session, and how many do. */
export function spectatorsOf(id: string) {
  return queryOptions({
    queryKey: ['spectators', id],
    queryFn: () =>
      answerOf(
        api.GET('/v1/sessions/{session_id}/spectators', { params: { path: { session_id: id } } }),
      ),
    refetchInterval: AGAIN_MS,
  })
}

/** Lets somebody watch: the answer holds their link, this once. */
export function useInvite(id: string) {
  return useAct({
    act: (body: Schemas['CreateSpectator']) =>
      answerOf(
        api.POST('/v1/sessions/{session_id}/spectators', {
          params: { path: { session_id: id } },
          body,
        }),
      ),
    said: null,
    missed: null,
    again: [['spectators', id]],
  })
}

/** Lets somebody watch no more. */
export function useUninvite(id: string) {
  return useAct({
    act: (spectator: Spectator) =>
      answerOf(
        api.DELETE('/v1/sessions/{session_id}/spectators/{spectator_id}', {
          params: { path: { session_id: id, spectator_id: spectator.id } },
        }),
      ),
    said: () => 'The link is revoked: who watched by it was put out.',
    missed: 'The link goes on working',
    again: [['spectators', id]],
  })
}
