/** How the portal reads: what a failed question means for the page, and when it is asked again. */
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { signedOut, whoIsIn } from '../api/me.ts'
import { asProblem, mayPass } from '../api/problems.ts'

const TRIES = 3
const STALE_MS = 5_000
const NOT_SIGNED_IN = 401

/** Returns the client of the queries. Who is found to be signed in no more is signed out. */
export function makeQueryClient(): QueryClient {
  const heed = (error: Error): void => {
    const wasIn = client.getQueryData(whoIsIn.queryKey)
    if (asProblem(error).status === NOT_SIGNED_IN && wasIn) signedOut(client)
  }
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: heed }),
    mutationCache: new MutationCache({ onError: heed }),
    defaultOptions: {
      queries: {
        staleTime: STALE_MS,
        retry: (failed, error) => failed < TRIES && mayPass(asProblem(error)),
      },
    },
  })
  return client
}
