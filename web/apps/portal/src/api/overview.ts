/** Questions about an account at a glance. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answerOf, api } from './client.ts'
import { keys } from './watched.ts'

/** Streams against the limit, the line, workers, hours: now. */
export const overviewNow = queryOptions({
  queryKey: keys.overview,
  queryFn: () => answerOf(api.GET('/v1/overview')),
})

const SERIES_AGAIN_MS = 30_000

/** How it went over the last hours, in steps. */
export function seriesOf(lastS: number, stepS: number) {
  return queryOptions({
    queryKey: [...keys.series, lastS, stepS],
    queryFn: () => {
      const to = new Date()
      const from = new Date(to.getTime() - lastS * 1000)
      return answerOf(
        api.GET('/v1/overview/series', {
          params: { query: { from: from.toISOString(), to: to.toISOString(), step_s: stepS } },
        }),
      )
    },
    refetchInterval: SERIES_AGAIN_MS,
    placeholderData: keepPreviousData,
  })
}
