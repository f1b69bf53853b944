import { BarChart } from '@mantine/charts'
import { useInfiniteQuery } from '@tanstack/react-query'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { usageOf, type Whose } from './asked.ts'
import { daysOf } from './months.ts'

const HEIGHT = 190
const HOUR_US = 3_600_000_000
const DIGITS = 1_000

/** Stream hours of each day of a month, streaming and idle upon each other. */
export function Days({ month, whose }: { readonly month: string; readonly whose: Whose }) {
  const { data, error, refetch } = useInfiniteQuery(usageOf(month, 'day', whose))
  if (error && data === undefined) {
    return <ErrorNotice error={error} onRetry={() => void refetch()} />
  }
  const found = new Map(
    data?.pages.flatMap(({ groups }) => groups.map((group) => [group.key ?? '', group] as const)),
  )
  return (
    <BarChart
      h={HEIGHT}
      type="stacked"
      data={daysOf(month).map((day) => ({
        day: String(Number(day.slice(8))),
        streaming: hoursOf(found.get(day)?.streaming_us ?? 0),
        idle: hoursOf(found.get(day)?.idle_us ?? 0),
      }))}
      dataKey="day"
      series={[
        { name: 'streaming', label: 'Streaming', color: 'pine.5' },
        { name: 'idle', label: 'Idle', color: 'clay.5' },
      ]}
      unit=" h"
      gridAxis="x"
      tickLine="none"
      withLegend
      xAxisProps={{ interval: 'equidistantPreserveStart', minTickGap: 6 }}
      yAxisProps={{ width: 52 }}
      barChartProps={{ accessibilityLayer: true, title: 'Stream hours of each day' }}
    />
  )
}

function hoursOf(us: number): number {
  return Math.round((us / HOUR_US) * DIGITS) / DIGITS
}
