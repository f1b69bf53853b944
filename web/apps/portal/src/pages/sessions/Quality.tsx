import { LineChart } from '@mantine/charts'
import { Card, SimpleGrid, Text, Title } from '@mantine/core'
import type { Schemas } from '../../api/client.ts'
import { Part } from '../../pieces/PageHeader.tsx'
import { bitrateText, type Measured, measuredIn, stampText } from './story.ts'

const SHOWN = [
  { name: 'fps', title: 'Frames a second', text: String, color: 'pine.6' },
  { name: 'bitrate', title: 'Bitrate', text: bitrateText, color: 'pine.6' },
  { name: 'rtt', title: 'Round trip', text: (ms: number) => `${ms} ms`, color: 'clay.5' },
  { name: 'loss', title: 'Lost packets', text: (part: number) => `${part} %`, color: 'clay.5' },
] as const
const ENOUGH = 2

/** How the picture went, where it was measured often enough to draw. */
export function Quality({ entries }: { readonly entries: readonly Schemas['TimelineEntry'][] }) {
  const measured = measuredIn(entries)
  const shown = SHOWN.filter(
    ({ name }) => measured.filter((one) => one[name] !== null).length >= ENOUGH,
  )
  if (shown.length === 0) return null
  return (
    <Part title="Quality">
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} spacing="md">
        {shown.map((one) => (
          <Course key={one.name} {...one} measured={measured} />
        ))}
      </SimpleGrid>
    </Part>
  )
}

function Course({
  name,
  title,
  text,
  color,
  measured,
}: (typeof SHOWN)[number] & { readonly measured: readonly Measured[] }) {
  const values = measured.flatMap((one) => one[name] ?? [])
  const last = values.at(-1)
  return (
    <Card padding="sm">
      <Title order={3}>{title}</Title>
      <Text size="sm" c="dimmed" mb={4}>
        {last === undefined
          ? ''
          : `${text(last)} at last, ${text(Math.min(...values))} to ${text(Math.max(...values))}`}
      </Text>
      <LineChart
        h={90}
        data={measured.map((one) => ({ at: stampText(one.at), [name]: one[name] }))}
        dataKey="at"
        series={[{ name, label: title, color }]}
        withXAxis={false}
        withYAxis={false}
        gridAxis="none"
        withDots={false}
        strokeWidth={1.75}
        curveType="linear"
        connectNulls
        valueFormatter={text}
        lineChartProps={{ accessibilityLayer: true, title }}
      />
    </Card>
  )
}
