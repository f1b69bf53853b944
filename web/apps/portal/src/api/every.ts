/** Lists that are read to their end: to find a name in, not to show. */
import { queryOptions } from '@tanstack/react-query'
import { answerOf, api, type Schemas } from './client.ts'

const PAGE = 200
const PAGES = 10
const LONG_MS = 60_000

interface Part<One> {
  readonly found: readonly One[]
  readonly cursor: string | null
}

/** Asks for a list to its end, or as far as anybody would scroll. */
function everyOf<One>(
  name: string,
  ask: (query: { readonly limit: number; readonly cursor?: string }) => Promise<Part<One>>,
) {
  return queryOptions({
    queryKey: [name, 'all'],
    staleTime: LONG_MS,
    queryFn: async () => {
      const all: One[] = []
      let cursor: string | null = null
      for (let page = 0; page < PAGES; page += 1) {
        const part: Part<One> = await ask({ limit: PAGE, ...(cursor !== null && { cursor }) })
        all.push(...part.found)
        cursor = part.cursor
        if (cursor === null) break
      }
      return all
    },
  })
}

export const everyMember = everyOf(
  'members',
  async (query): Promise<Part<Schemas['MemberView']>> => {
    const { members, cursor } = await answerOf(api.GET('/v1/members', { params: { query } }))
    return { found: members, cursor }
  },
)

export const everyKey = everyOf('keys', async (query): Promise<Part<Schemas['KeyView']>> => {
  const { keys, cursor } = await answerOf(api.GET('/v1/keys', { params: { query } }))
  return { found: keys, cursor }
})

/** For the operator. */
export const everyAccount = everyOf(
  'accounts',
  async (query): Promise<Part<Schemas['AccountView']>> => {
    const { accounts, cursor } = await answerOf(api.GET('/v1/accounts', { params: { query } }))
    return { found: accounts, cursor }
  },
)
