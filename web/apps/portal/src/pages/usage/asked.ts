/** Questions about what was used. */
import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query'
import { answerOf, api, headersOf, type Schemas } from '../../api/client.ts'
import { problemOf } from '../../api/problems.ts'
import type { paths } from '../../api/schema.d.ts'

export type Usage = Schemas['UsageView']
export type GroupBy = NonNullable<
  NonNullable<paths['/v1/usage']['get']['parameters']['query']>['group_by']
>

/** Whose usage is meant: the account's own, or, for the operator, that of all of them together. */
export type Whose = 'own' | 'all'

/** What was used in a calendar month, group by group. */
export function usageOf(period: string, groupBy: GroupBy, whose: Whose) {
  return infiniteQueryOptions({
    queryKey: ['usage', period, groupBy, whose],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/v1/usage', {
          params: {
            query: {
              period,
              group_by: groupBy,
              ...(whose === 'all' && { account: whose }),
              ...(pageParam !== null && { cursor: pageParam }),
            },
          },
        }),
      ),
    getNextPageParam: ({ cursor }) => cursor,
    placeholderData: keepPreviousData,
  })
}

/** Returns the same numbers as a sheet; the request needs headers, so that a link will not do. */
export async function sheetOf(period: string, groupBy: GroupBy, whose: Whose): Promise<Blob> {
  const account = whose === 'all' ? { account: whose } : {}
  const query = new URLSearchParams({ period, group_by: groupBy, ...account })
  const answer = await fetch(`/v1/usage.csv?${query.toString()}`, { headers: headersOf('GET') })
  if (!answer.ok) {
    const body: unknown = await answer.json().catch(() => null)
    throw problemOf(answer.status, body, answer.headers.get('x-request-id'))
  }
  return answer.blob()
}

/** Gives the person a file. */
export function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file)
  const link = Object.assign(document.createElement('a'), { href: address, download: name })
  link.click()
  URL.revokeObjectURL(address)
}
