import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRefresh } from '../../api/LiveFeed.tsx'
import { DataTable } from '../../pieces/DataTable.tsx'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { Span } from '../../pieces/Moment.tsx'
import { queueOf } from './asked.ts'

/** The lines of a project, region by region, and how true the waits told were. */
export function Lines({ name }: { readonly name: string }) {
  const refetchInterval = useRefresh()
  const { data, error, refetch } = useQuery({ ...queueOf(name), refetchInterval })
  if (error && data === undefined) {
    return <ErrorNotice error={error} onRetry={() => void refetch()} />
  }
  return (
    <>
      <DataTable
        label="Lines"
        rows={data?.regions}
        keyOf={({ region }) => region}
        columns={[
          { key: 'region', title: 'Region', leads: true, cell: ({ region }) => region },
          { key: 'length', title: 'Waiting', align: 'right', cell: ({ length }) => length },
          {
            key: 'stay',
            title: 'Typical session',
            align: 'right',
            cell: ({ session_p50_s }) =>
              session_p50_s === null ? <Unknown /> : <Span seconds={session_p50_s} />,
          },
          {
            key: 'p50',
            title: 'Under the median told',
            align: 'right',
            cell: ({ coverage }) => <Share value={coverage.under_p50} />,
          },
          {
            key: 'p90',
            title: 'Under the p90 told',
            align: 'right',
            cell: ({ coverage }) => <Share value={coverage.under_p90} />,
          },
          {
            key: 'count',
            title: 'Waits compared',
            align: 'right',
            cell: ({ coverage }) => coverage.count,
          },
        ]}
        empty={<Text c="dimmed">It runs in no region.</Text>}
      />
      <Text size="sm" c="dimmed" mt="sm" maw="42rem">
        A wait that is told is honest when about half of the waits stay under the median told, and
        nine in ten under the p90 told.
      </Text>
    </>
  )
}

function Share({ value }: { readonly value: number | null }) {
  return value === null ? <Unknown /> : <>{(value * 100).toFixed(0)} %</>
}

function Unknown() {
  return (
    <Text component="span" size="sm" c="dimmed">
      not known yet
    </Text>
  )
}
