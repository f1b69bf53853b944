/** Questions about projects. */
import { queryOptions } from '@tanstack/react-query'
import { answerOf, api } from './client.ts'
import { keys } from './watched.ts'

const LONG_MS = 60_000

/** The projects of the account, for lists to choose from. */
export const projectsSeen = queryOptions({
  queryKey: keys.projects,
  staleTime: LONG_MS,
  queryFn: async () =>
    (await answerOf(api.GET('/v1/projects', { params: { query: { own: true } } }))).projects,
})
