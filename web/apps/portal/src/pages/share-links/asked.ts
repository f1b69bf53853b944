/** Questions about share links, and what can be done with them. */
import { infiniteQueryOptions } from '@tanstack/react-query'
import { answerOf, api, type Schemas } from '../../api/client.ts'
import { useAct } from '../../pieces/useAct.ts'

export type ShareLink = Schemas['ShareLinkView']

const KEY = ['share-links']

/** The share links of the account, the newest first. */
export const linksSeen = infiniteQueryOptions({
  queryKey: KEY,
  initialPageParam: null as string | null,
  queryFn: ({ pageParam }) =>
    answerOf(
      api.GET('/v1/share-links', {
        params: { query: { ...(pageParam !== null && { cursor: pageParam }) } },
      }),
    ),
  getNextPageParam: ({ cursor }) => cursor,
})

/** Makes a link: the answer holds its address, this once. */
export function useCreate() {
  return useAct({
    act: (body: Schemas['CreateShareLink']) => answerOf(api.POST('/v1/share-links', { body })),
    said: null,
    missed: null,
    again: [KEY],
  })
}

/** Makes a link worthless; ends the sessions that it opened too, if asked. */
export function useRevoke() {
  return useAct({
    act: ({ link: { id }, ends }: { readonly link: ShareLink; readonly ends: boolean }) =>
      answerOf(
        api.DELETE('/v1/share-links/{link_id}', {
          params: { path: { link_id: id }, query: { end_sessions: ends } },
        }),
      ),
    said: (_, { ends }) =>
      ends
        ? 'The link opens nothing any more; its sessions were ended.'
        : 'The link opens nothing any more.',
    missed: 'The link was not revoked',
    again: [KEY, ['sessions'], ['overview']],
  })
}
