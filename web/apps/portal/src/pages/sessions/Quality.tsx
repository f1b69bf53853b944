import { LineChart } from '@mantine/charts'
import { Card, SimpleGrid, Text, Title } from '@mantine/core'
import type { Schemas } from '../../api/client.ts'
import { Part } from '../../pieces/PageHeader.tsx'
import { type Measured, measuredIn, stampText } from './story.ts'

const SHOWN = [
  { name: 'fps', title: 'Frames a second', unit: '', color: 'pine.6' },
  { name: 'bitrate', title: 'Bitrate', unit: ' Mbit/s', color: 'pine.6' },
  { name: 'rtt', title: 'Round trip', unit: ' ms', color: 'clay.5' },
  { name: 'loss', title: 'Lost packets', unit: ' %', color: 'clay.5' },
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
  unit,
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
          : `${last}${unit}, from ${Math.min(...values)} to ${Math.max(...values)}`}
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
        unit={unit}
        lineChartProps={{ accessibilityLayer: true, title }}
      />
    </Card>
  )
}
