/** Questions about keys, and what can be done with them. */
import { infiniteQueryOptions } from '@tanstack/react-query'
import { answerOf, api, type Schemas } from '../../api/client.ts'
import { useAct } from '../../pieces/useAct.ts'

export type Key = Schemas['KeyView']

const KEY = ['keys']

/** The keys of the account, the newest first. */
export const keysSeen = infiniteQueryOptions({
  queryKey: KEY,
  initialPageParam: null as string | null,
  queryFn: ({ pageParam }) =>
    answerOf(
      api.GET('/v1/keys', {
        params: { query: { ...(pageParam !== null && { cursor: pageParam }) } },
      }),
    ),
  getNextPageParam: ({ cursor }) => cursor,
})

/** Makes a key: the answer holds its secret, this once. */
export function useCreate() {
  return useAct({
    act: (body: Schemas['CreateKey']) => answerOf(api.POST('/v1/keys', { body })),
    said: null,
    missed: null,
    again: [KEY],
  })
}

/** Makes another secret for a key, which works beside the old one for a while. */
export function useRotate() {
  return useAct({
    act: ({ id, overlapS }: { readonly id: string; readonly overlapS: number }) =>
      answerOf(
        api.POST('/v1/keys/{key_id}/rotate', {
          params: { path: { key_id: id } },
          body: { overlap_s: overlapS },
        }),
      ),
    said: null,
    missed: null,
    again: [KEY],
  })
}

/** Makes a key worthless. */
export function useRevoke() {
  return useAct({
    act: ({ id }: Key) =>
      answerOf(api.DELETE('/v1/keys/{key_id}', { params: { path: { key_id: id } } })),
    said: ({ name }) => `Key ${name} opens nothing any more.`,
    missed: 'The key was not revoked',
    again: [KEY],
  })
}
