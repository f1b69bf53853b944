/** Questions about the audit log, and about those who stand in it. */
import { infiniteQueryOptions, queryOptions, useQuery } from '@tanstack/react-query'
import { answerOf, api, type Schemas } from '../../api/client.ts'
import { useMay } from '../../api/me.ts'
import type { Filters } from './actors.ts'

const PAGE = 200
const PAGES = 10
const LONG_MS = 60_000

/** The entries that fit, the newest first. */
export function auditOf({ actor, action }: Filters) {
  return infiniteQueryOptions({
    queryKey: ['audit', actor, action],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/v1/audit', {
          params: {
            query: {
              ...(actor !== null && { actor }),
              ...(action !== null && { action }),
              ...(pageParam !== null && { cursor: Number(pageParam) }),
            },
          },
        }),
      ),
    getNextPageParam: ({ cursor }) => cursor,
  })
}

const everyMember = queryOptions({
  queryKey: ['members', 'all'],
  staleTime: LONG_MS,
  queryFn: () =>
    everyPage(async (cursor): Promise<Part<Schemas['MemberView']>> => {
      const query = { limit: PAGE, ...(cursor !== null && { cursor }) }
      const page = await answerOf(api.GET('/v1/members', { params: { query } }))
      return { found: page.members, cursor: page.cursor }
    }),
})

const everyKey = queryOptions({
  queryKey: ['keys', 'all'],
  staleTime: LONG_MS,
  queryFn: () =>
    everyPage(async (cursor): Promise<Part<Schemas['KeyView']>> => {
      const query = { limit: PAGE, ...(cursor !== null && { cursor }) }
      const page = await answerOf(api.GET('/v1/keys', { params: { query } }))
      return { found: page.keys, cursor: page.cursor }
    }),
})

/** Returns the members and keys that who looks may know of, as far as they are read. */
export function useActors() {
  const members = useQuery({ ...everyMember, enabled: useMay('members:read') })
  const keys = useQuery({ ...everyKey, enabled: useMay('keys:read') })
  return { members: members.data ?? [], keys: keys.data ?? [] }
}

interface Part<One> {
  readonly found: readonly One[]
  readonly cursor: string | null
}

/** Reads a list to its end, or as far as anybody would scroll. */
async function everyPage<One>(
  ask: (cursor: string | null) => Promise<Part<One>>,
): Promise<readonly One[]> {
  const all: One[] = []
  let cursor: string | null = null
  for (let page = 0; page < PAGES; page += 1) {
    const part: Part<One> = await ask(cursor)
    all.push(...part.found)
    cursor = part.cursor
    if (cursor === null) break
  }
  return all
}
