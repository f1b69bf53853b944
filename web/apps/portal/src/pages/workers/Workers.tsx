import { Anchor, Button, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import IconServer2 from '@tabler/icons-react/dist/esm/icons/IconServer2.mjs'
import { useState } from 'react'
import { Link } from 'react-router'
import { useRefresh } from '../../api/LiveFeed.tsx'
import { useMay } from '../../api/me.ts'
import { CopyBox } from '../../pieces/CopyBox.tsx'
import { DataTable } from '../../pieces/DataTable.tsx'
import { EmptyState } from '../../pieces/EmptyState.tsx'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { Ago, Moment } from '../../pieces/Moment.tsx'
import { PageHeader, Part } from '../../pieces/PageHeader.tsx'
import { Dot, StateBadge } from '../../pieces/StateBadge.tsx'
import { useResume, type Worker, workersSeen } from './asked.ts'
import { Drain } from './Drain.tsx'
import { Pools } from './Pools.tsx'
import { Slots } from './Slots.tsx'

/** The machines that run worlds, and what each of their slots does. */
export default function Workers() {
  const operates = useMay('operate')
  return (
    <>
      <PageHeader
        title="Workers"
        about="Programs on GPU hosts that offer slots: each slot is room for one session."
      />
      {operates ? <Hosts /> : <Pools />}
    </>
  )
}

function Hosts() {
  const refetchInterval = useRefresh()
  const { data, error, refetch } = useQuery({ ...workersSeen, refetchInterval })
  const may = useMay('workers:write')
  const [drained, setDrained] = useState<Worker | null>(null)
  if (error && data === undefined) {
    return <ErrorNotice error={error} onRetry={() => void refetch()} />
  }
  return (
    <>
      <DataTable
        label="Workers"
        rows={data?.workers}
        keyOf={({ id }) => id}
        columns={[
          {
            key: 'name',
            title: 'Worker',
            leads: true,
            cell: ({ name, host, version }) => (
              <div>
                <Text fw={600}>{name}</Text>
                <Text size="xs" c="dimmed">
                  {[host, version].filter((part) => part !== '').join(' · ')}
                </Text>
              </div>
            ),
          },
          { key: 'state', title: 'State', cell: (worker) => <Standing worker={worker} /> },
          {
            key: 'where',
            title: 'Region, pool',
            cell: ({ region, pool }) => `${region}, ${pool}`,
          },
          {
            key: 'slots',
            title: 'Slots',
            cell: (worker) => <Slots worker={worker} />,
          },
          {
            key: 'kinds',
            title: 'Runs',
            cell: ({ kinds, encoders }) => (
              <div>
                {kinds.join(', ')}
                <Text size="xs" c="dimmed">
                  {encoders.join(', ')}
                </Text>
              </div>
            ),
          },
          { key: 'heard', title: 'Heard', cell: ({ heard_at: at }) => <Ago at={at} /> },
          {
            key: 'acts',
            title: 'Do',
            mute: true,
            wide: true,
            align: 'right',
            cell: (worker) => may && <Acts worker={worker} onDrain={setDrained} />,
          },
        ]}
        empty={
          <EmptyState
            icon={IconServer2}
            title="No worker is here"
            actions={
              <Button component={Link} to="/keys">
                Make a worker key
              </Button>
            }
          >
            Sessions wait until one comes. <HowToAdd />
          </EmptyState>
        }
      />
      {data !== undefined && data.workers.length > 0 && may && (
        <Part
          title="One more machine"
          actions={
            <Anchor component={Link} to="/keys" size="sm">
              Make a worker key
            </Anchor>
          }
        >
          <Text c="dimmed" component="div">
            <HowToAdd />
          </Text>
        </Part>
      )}
      <Drain
        worker={drained}
        onClose={() => {
          setDrained(null)
        }}
      />
    </>
  )
}

function HowToAdd() {
  return (
    <>
      On a GPU host, put a worker key into a file and start a worker under a name of its own; it
      connects out to this gateway.
      <CopyBox
        label="the command"
        text={`DIORAMA_WORKER_GATEWAYS=${location.origin} \\\nDIORAMA_WORKER_CREDENTIAL_FILE=worker.key \\\nDIORAMA_WORKER_NAME=gpu-1 \\\ndiorama worker`}
      />
    </>
  )
}

function Standing({ worker }: { readonly worker: Worker }) {
  const { state, health, drains_at: at } = worker
  return (
    <div>
      <StateBadge state={state} />
      {health === 'failing' && (
        <div>
          <Dot tone="bad">worlds fail on it</Dot>
        </div>
      )}
      {at !== null && (
        <Text size="xs" c="dimmed">
          ends what runs <Moment at={at} />
        </Text>
      )}
    </div>
  )
}

function Acts({
  worker,
  onDrain,
}: {
  readonly worker: Worker
  readonly onDrain: (worker: Worker) => void
}) {
  const resume = useResume()
  if (worker.state === 'lost') return null
  if (worker.state === 'draining') {
    return (
      worker.drained_by !== null && (
        <Button
          size="compact-sm"
          variant="subtle"
          loading={resume.isPending}
          onClick={() => {
            resume.mutate(worker)
          }}
        >
          Put back
        </Button>
      )
    )
  }
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      onClick={() => {
        onDrain(worker)
      }}
    >
      Drain
    </Button>
  )
}
