import { CompositeChart, LineChart } from '@mantine/charts'
import { Card, SegmentedControl, SimpleGrid, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { Schemas } from '../../api/client.ts'
import { seriesOf } from '../../api/overview.ts'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { Part } from '../../pieces/PageHeader.tsx'
import { spanText } from '../../pieces/spans.ts'
import { reachOf, STRETCHES, type Stretch, tickText, waitTicks } from './figures.ts'

const HEIGHT = 220
const EVENLY = { minTickGap: 32, interval: 'equidistantPreserveStart' } as const
const LEGEND = { verticalAlign: 'bottom', height: 28 } as const

/** How many streamed at once, and how long people waited, over a stretch of time. */
export function Course({ limit }: { readonly limit: number | null }) {
  const [stretch, setStretch] = useState<Stretch>(STRETCHES[0])
  const { data, error, refetch } = useQuery(seriesOf(stretch.lastS, stretch.stepS))
  return (
    <Part
      title="How it went"
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Stretch of time"
          data={STRETCHES.map(({ value, label }) => ({ value, label }))}
          value={stretch.value}
          onChange={(value) => {
            setStretch(STRETCHES.find((one) => one.value === value) ?? STRETCHES[0])
          }}
        />
      }
    >
      {error && data === undefined && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Streams points={data?.points ?? []} stretch={stretch} limit={limit} />
        <Waits points={data?.points ?? []} stretch={stretch} />
      </SimpleGrid>
    </Part>
  )
}

interface Shown {
  readonly points: Schemas['SeriesView']['points']
  readonly stretch: Stretch
}

function Streams({ points, stretch, limit }: Shown & { readonly limit: number | null }) {
  const most = Math.max(0, ...points.map((point) => point.concurrency_max))
  const { top, hasLimit } = reachOf(most, limit)
  return (
    <Chart
      title="Streams at once"
      says={most === 0 ? 'None in this time' : `At most ${most}`}
      isEmpty={points.length === 0}
    >
      <CompositeChart
        h={HEIGHT}
        data={points.map(({ at, concurrency_max, concurrency_avg }) => ({
          at: tickText(at, stretch),
          max: concurrency_max,
          avg: Number(concurrency_avg.toFixed(2)),
        }))}
        dataKey="at"
        series={[
          { name: 'max', label: 'At most', color: 'pine.5', type: 'area' },
          { name: 'avg', label: 'On average', color: 'clay.5', type: 'line' },
        ]}
        curveType="stepAfter"
        withDots={false}
        areaProps={{ fillOpacity: 0.18 }}
        strokeWidth={1.5}
        gridAxis="x"
        tickLine="none"
        yAxisProps={{ allowDecimals: false, width: 30, domain: [0, top] }}
        xAxisProps={EVENLY}
        withLegend
        legendProps={LEGEND}
        {...(hasLimit && {
          referenceLines: [
            {
              y: limit ?? 0,
              label: `limit ${limit ?? ''}`,
              color: 'red.5',
              labelPosition: 'insideBottomRight',
            },
          ],
        })}
        composedChartProps={{ accessibilityLayer: true, title: 'Streams at once' }}
      />
    </Chart>
  )
}

function Waits({ points, stretch }: Shown) {
  const longest = Math.max(0, ...points.map(({ wait_p90_s }) => wait_p90_s ?? 0))
  const lines = waitTicks(longest)
  return (
    <Chart
      title="Wait for a slot"
      says={
        longest === 0
          ? 'Nobody who came in had to wait'
          : `Nine of ten at most ${spanText(longest)}`
      }
      isEmpty={points.length === 0}
    >
      <LineChart
        h={HEIGHT}
        data={points.map(({ at, wait_p50_s, wait_p90_s }) => ({
          at: tickText(at, stretch),
          p50: wait_p50_s,
          p90: wait_p90_s,
        }))}
        dataKey="at"
        series={[
          { name: 'p50', label: 'Half of them', color: 'pine.6' },
          { name: 'p90', label: 'Nine of ten', color: 'clay.5' },
        ]}
        curveType="linear"
        dotProps={{ r: 1.5 }}
        strokeWidth={1.75}
        connectNulls={false}
        gridAxis="x"
        tickLine="none"
        valueFormatter={spanText}
        yAxisProps={{ width: 52, ticks: lines, domain: [0, lines[2]] }}
        xAxisProps={EVENLY}
        withLegend
        legendProps={LEGEND}
        lineChartProps={{ accessibilityLayer: true, title: 'Wait for a slot' }}
      />
    </Chart>
  )
}

function Chart({
  title,
  says,
  isEmpty,
  children,
}: {
  readonly title: string
  /** What the chart says, for who cannot see it, or has no time to. */
  readonly says: string
  readonly isEmpty: boolean
  readonly children: ReactNode
}) {
  return (
    <Card>
      <Title order={3}>{title}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {isEmpty ? 'Reading the log…' : says}
      </Text>
      {!isEmpty && children}
    </Card>
  )
}
