/** Who is signed in, as which account, and what they may do there. */
import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { answerOf, api, askAs, type Schemas } from './client.ts'
import { Problem } from './problems.ts'

export type Me = Schemas['Me']
export type Permission = Me['permissions'][number]

const CHOSEN = 'diorama-account'
const NOT_SIGNED_IN = 401

/** The query of who is signed in; null is nobody. */
export const whoIsIn = queryOptions({
  queryKey: ['me'],
  staleTime: Infinity,
  queryFn: async () => {
    askAs({ csrf: null, account: localStorage.getItem(CHOSEN) })
    try {
      return remember(await answerOf(api.GET('/v1/me')))
    } catch (error) {
      if (error instanceof Problem && error.status === NOT_SIGNED_IN) return null
      if (localStorage.getItem(CHOSEN) === null) throw error
      // The account that was chosen is theirs no more: take the first.
      localStorage.removeItem(CHOSEN)
      askAs({ csrf: null, account: null })
      return remember(await answerOf(api.GET('/v1/me')))
    }
  },
})

/** Goes on as who has just signed in, in the account that they chose last. */
export async function signedIn(client: QueryClient): Promise<void> {
  client.clear()
  await client.query(whoIsIn)
}

/** Takes what the gateway says of who is signed in: a change of a password changes the proof too. */
export function takeMe(client: QueryClient, me: Me): void {
  client.setQueryData(whoIsIn.queryKey, remember(me))
}

/** Forgets who was signed in, and all that was read as them. */
export function signedOut(client: QueryClient): void {
  askAs({ csrf: null, account: null })
  client.clear()
  client.setQueryData(whoIsIn.queryKey, null)
}

/** Goes on in another account: nothing that was read of the last one stays. */
export function chooseAccount(id: string): void {
  localStorage.setItem(CHOSEN, id)
  location.assign('/')
}

/** Who is signed in, for what stands in the shell: it is there only while somebody is. */
export const Someone = createContext<Me | null>(null)

/** Returns who is signed in. */
export function useMe(): Me {
  const me = useContext(Someone)
  if (me === null) throw new Error('only what stands in the shell may ask who is signed in')
  return me
}

/** Whether who is signed in may do this in their account. */
export function useMay(needs: Permission): boolean {
  return useMe().permissions.includes(needs)
}

function remember(me: Me): Me {
  askAs({ csrf: me.csrf, account: me.account.id })
  return me
}
