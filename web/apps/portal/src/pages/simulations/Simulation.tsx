import { Alert, Anchor, Button, Group, Paper, Text } from '@mantine/core'
import IconPlayerStop from '@tabler/icons-react/dist/esm/icons/IconPlayerStop.mjs'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'react-router'
import { useMay } from '../../api/me.ts'
import { recordingsThat } from '../../api/recordings.ts'
import {
  isOver,
  type Run,
  type Simulation as SimulationView,
  simulationOf,
  useCancel,
  useFollowed,
} from '../../api/simulations.ts'
import { CopyCode } from '../../pieces/CopyBox.tsx'
import { DataTable } from '../../pieces/DataTable.tsx'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { Facts } from '../../pieces/Facts.tsx'
import { Lasting, Moment } from '../../pieces/Moment.tsx'
import { PageHeader, Part } from '../../pieces/PageHeader.tsx'
import { exactText } from '../../pieces/spans.ts'
import { StateBadge } from '../../pieces/StateBadge.tsx'
import { RecordingGrid } from '../recordings/RecordingGrid.tsx'
import { ProgressLine, SimulationProgress } from './ProgressLine.tsx'
import { askToCancel } from './SimulationTable.tsx'
import { adviceFor, sentenceOf } from './words.ts'

/** One simulation: how far it is, script by script, and what it left. */
export default function Simulation() {
  const { id = '' } = useParams()
  const { data: shown, error, refetch } = useQuery(simulationOf(id))
  useFollowed(id)
  const back = (
    <Anchor component={Link} to="/simulations">
      Simulations
    </Anchor>
  )
  if (shown === undefined) {
    return (
      <>
        <PageHeader title="Simulation" above={back} />
        {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      </>
    )
  }
  return (
    <>
      <PageHeader title={shown.name ?? `Simulation of ${shown.project}`} above={back}>
        {!isOver(shown) && <Acts shown={shown} />}
      </PageHeader>
      <Paper withBorder p="md" radius="lg" bg="var(--portal-raised)">
        <Group gap="sm" mb={4}>
          <StateBadge state={shown.state} />
          {shown.error !== null && (
            <Text size="sm" c="dimmed">
              reason <code>{shown.error.reason}</code>
            </Text>
          )}
        </Group>
        <Text fz="lg" mb="xs" aria-live="polite">
          {sentenceOf(shown)}
        </Text>
        {shown.state !== 'pending' && shown.progress.frames > 0 && (
          <SimulationProgress of={shown} />
        )}
      </Paper>
      {shown.error !== null && (
        <Alert color="clay" mt="md" title="What may help">
          {adviceFor(shown.error.reason)}
        </Alert>
      )}
      <Recordings id={shown.id} />
      <Runs runs={shown.runs} />
      <About shown={shown} />
    </>
  )
}

function Acts({ shown }: { readonly shown: SimulationView }) {
  const may = useMay('simulations:write')
  const cancel = useCancel()
  if (!may) return null
  return (
    <Button
      color="red"
      variant="light"
      leftSection={<IconPlayerStop size={16} />}
      loading={cancel.isPending}
      onClick={() => {
        askToCancel(shown, () => {
          cancel.mutate(shown)
        })
      }}
    >
      Cancel the simulation
    </Button>
  )
}

function Recordings({ id }: { readonly id: string }) {
  const may = useMay('recordings:read')
  const asked = useInfiniteQuery({ ...recordingsThat({ simulation: id }), enabled: may })
  const found = asked.data?.pages.flatMap(({ recordings }) => recordings) ?? []
  found.sort((one, other) => (one.source.script ?? 0) - (other.source.script ?? 0))
  if (found.length === 0) return null
  return (
    <Part title="Recordings">
      <RecordingGrid recordings={found} named="script" />
    </Part>
  )
}

function Runs({ runs }: { readonly runs: readonly Run[] }) {
  return (
    <Part title="Scripts" about="Each runs by itself, on one slot.">
      <DataTable
        label="Scripts"
        rows={runs}
        keyOf={({ id }) => id}
        columns={[
          {
            key: 'script',
            title: 'Script',
            leads: true,
            cell: ({ index, recording }) =>
              recording === null ? (
                `Script ${index + 1}`
              ) : (
                <Anchor component={Link} to={`/recordings/${recording}`}>
                  Script {index + 1}
                </Anchor>
              ),
          },
          { key: 'state', title: 'State', cell: ({ state }) => <StateBadge state={state} /> },
          {
            key: 'progress',
            title: 'Progress',
            wide: true,
            cell: ({ index, state, frames, frames_total: total }) => (
              <ProgressLine
                label={`script ${index + 1}`}
                state={state}
                frames={frames}
                total={total}
              />
            ),
          },
          {
            key: 'why',
            title: 'Remark',
            wide: true,
            cell: ({ error, attempts }) =>
              error?.message ?? (attempts > 1 ? `on its ${attempts}. worker` : '–'),
          },
          { key: 'worker', title: 'Worker', cell: ({ worker }) => worker ?? '–' },
          {
            key: 'lasts',
            title: 'Took',
            align: 'right',
            cell: ({ started_at: from, ended_at: to }) =>
              from === null ? '–' : <Lasting from={from} to={to} />,
          },
        ]}
        empty={null}
      />
    </Part>
  )
}

function About({ shown }: { readonly shown: SimulationView }) {
  const { width, height, fps } = shown.frame
  return (
    <Part title="Facts">
      <Facts
        facts={[
          ['Simulation', <CopyCode key="id" text={shown.id} label="simulation id" />],
          [
            'Project',
            <Anchor key="project" component={Link} to={`/projects/${shown.project}`}>
              {shown.project}
            </Anchor>,
          ],
          ['Region', shown.region],
          ['Seed', shown.seed],
          ['Size', width === null ? 'the world’s own' : `${width} × ${height ?? '?'}`],
          ['Frames a second', fps ?? 'the world’s own'],
          ['End user', shown.end_user],
          ['Submitted', <Moment key="created" at={shown.created_at} />],
          ['First slot', shown.dispatched_at && <Moment at={shown.dispatched_at} />],
          ['First frame', shown.started_at && <Moment at={shown.started_at} />],
          ['Ended', shown.ended_at && <Moment at={shown.ended_at} />],
          [
            'Given another slot',
            shown.retries > 0 && shown.retries === 1 ? 'once' : `${shown.retries} times`,
          ],
          ['Metered', shown.simulation_us > 0 && exactText(shown.simulation_us)],
        ]}
      />
    </Part>
  )
}
