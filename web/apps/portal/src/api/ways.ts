/** How somebody may come in here. */
import { queryOptions } from '@tanstack/react-query'
import { answerOf, api } from './client.ts'

/** The ways to sign in, and whether an owner is still looked for. */
export const waysIn = queryOptions({
  queryKey: ['sign-in'],
  queryFn: () => answerOf(api.GET('/v1/sign-in')),
})
