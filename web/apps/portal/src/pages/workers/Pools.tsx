import { useQuery } from '@tanstack/react-query'
import IconServer2 from '@tabler/icons-react/dist/esm/icons/IconServer2.mjs'
import { useRefresh } from '../../api/LiveFeed.tsx'
import { DataTable } from '../../pieces/DataTable.tsx'
import { EmptyState } from '../../pieces/EmptyState.tsx'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { workersSeen } from './asked.ts'

/** What an account that does not operate sees of workers: how much room its pools have. */
export function Pools() {
  const refetchInterval = useRefresh()
  const { data, error, refetch } = useQuery({ ...workersSeen, refetchInterval })
  if (error && data === undefined) {
    return <ErrorNotice error={error} onRetry={() => void refetch()} />
  }
  return (
    <DataTable
      label="Pools"
      rows={data?.pools}
      keyOf={({ pool, region }) => `${region} ${pool}`}
      columns={[
        { key: 'pool', title: 'Pool', leads: true, cell: ({ pool }) => pool },
        { key: 'region', title: 'Region', cell: ({ region }) => region },
        {
          key: 'workers',
          title: 'Workers ready',
          align: 'right',
          cell: ({ workers, ready }) => `${ready} of ${workers}`,
        },
        { key: 'slots', title: 'Slots', align: 'right', cell: ({ slots }) => slots },
        { key: 'free', title: 'Free', align: 'right', cell: ({ free }) => free },
        { key: 'own', title: 'Held by you', align: 'right', cell: ({ own }) => own },
      ]}
      empty={
        <EmptyState icon={IconServer2} title="No pool yet">
          The pools that your projects run in are listed here, with how many slots they have.
        </EmptyState>
      }
    />
  )
}
