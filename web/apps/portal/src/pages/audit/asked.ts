/** Questions about the audit log, and about those who stand in it. */
import { infiniteQueryOptions, useQuery } from '@tanstack/react-query'
import { answerOf, api } from '../../api/client.ts'
import { everyKey, everyMember } from '../../api/every.ts'
import { useMay } from '../../api/me.ts'
import type { Filters } from './actors.ts'

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

/** Returns the members and keys that who looks may know of, as far as they are read. */
export function useActors() {
  const members = useQuery({ ...everyMember, enabled: useMay('members:read') })
  const keys = useQuery({ ...everyKey, enabled: useMay('keys:read') })
  return { members: members.data ?? [], keys: keys.data ?? [] }
}
