import { Anchor, Box, Button } from '@mantine/core'
import IconPlayerPlay from '@tabler/icons-react/dist/esm/icons/IconPlayerPlay.mjs'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import type { Schemas } from '../../api/client.ts'
import { useRefresh } from '../../api/LiveFeed.tsx'
import { useMay } from '../../api/me.ts'
import { overviewNow } from '../../api/overview.ts'
import { isHolding, sessionsThat } from '../../api/sessions.ts'
import { type Simulation, simulationsThat, slotsOf } from '../../api/simulations.ts'
import { DataTable } from '../../pieces/DataTable.tsx'
import { EmptyState } from '../../pieces/EmptyState.tsx'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { Figure, Figures } from '../../pieces/Figure.tsx'
import { PageHeader, Part } from '../../pieces/PageHeader.tsx'
import { FirstStep, useHasProject } from '../../pieces/FirstStep.tsx'
import { exactText, hoursNumber, hoursText } from '../../pieces/spans.ts'
import { SessionTable } from '../sessions/SessionTable.tsx'
import { columnsFor } from '../simulations/SimulationTable.tsx'
import { Course } from './Course.tsx'
import { monthName, percentText, toneOf } from './figures.ts'

const SHOWN = 6
const LABELS = [
  'Streams now',
  'In line',
  'Slots free',
  'Simulations',
  'Stream hours',
  'Simulation hours',
] as const
const US_PER_HOUR = 3_600_000_000

/** The account at a glance: how much of what it may is in use, by whom, and how that went. */
export default function Overview() {
  const refetchInterval = useRefresh()
  const { data, error, refetch } = useQuery({ ...overviewNow, refetchInterval })
  return (
    <>
      <PageHeader
        title="Overview"
        about="What streams at this moment, who holds it, and how much of this month’s hours is used."
      >
        <Button
          component="a"
          href="/play"
          target="_blank"
          variant="default"
          leftSection={<IconPlayerPlay size={16} />}
        >
          Play a world
        </Button>
      </PageHeader>
      {error && data === undefined && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      <Now overview={data} />
      <Held />
      <Course limit={data?.limit ?? null} />
    </>
  )
}

function Now({ overview }: { readonly overview: Schemas['Overview'] | undefined }) {
  if (overview === undefined) {
    return (
      <Figures>
        {LABELS.map((label) => (
          <Figure key={label} label={label} value="–" />
        ))}
      </Figures>
    )
  }
  const { streams, limit, queued, workers, slots } = overview
  const month = monthName(overview.period.from)
  const inService = slots.free + slots.held + slots.fencing + slots.quarantined
  return (
    <Figures>
      <Figure
        label="Streams now"
        value={streams}
        of={limit}
        share={streams / limit}
        tone={toneOf(streams / limit)}
        note={streams >= limit ? 'at the limit' : `the limit leaves ${limit - streams}`}
      />
      <Figure
        label="In line"
        value={queued}
        note={
          queued === 0 ? (
            'nobody waits'
          ) : (
            <Anchor component={Link} to="/sessions?state=queued" inherit>
              wait for a slot
            </Anchor>
          )
        }
      />
      <Figure
        label="Slots free"
        value={slots.free}
        of={inService}
        share={inService === 0 ? null : slots.free / inService}
        tone={slots.free === 0 ? 'warn' : 'good'}
        note={slotsNote(workers, slots)}
      />
      <Simulated running={overview.runs_running} waiting={overview.runs_queued} />
      <Hours
        label="Stream hours"
        month={month}
        us={overview.stream_us}
        hours={overview.stream_hours}
      />
      <Hours
        label="Simulation hours"
        month={month}
        us={overview.simulation_us}
        hours={overview.simulation_hours}
      />
    </Figures>
  )
}

/** Scripts of simulations that run, and those that wait for a slot that no viewer waits for. */
function Simulated({ running, waiting }: { readonly running: number; readonly waiting: number }) {
  const may = useMay('simulations:read')
  const text = waitingText(waiting)
  return (
    <Figure
      label="Simulations"
      value={running}
      note={
        may ? (
          <Anchor component={Link} to="/simulations?state=active" inherit>
            {text}
          </Anchor>
        ) : (
          text
        )
      }
    />
  )
}

function Hours({
  label,
  month,
  us,
  hours,
}: {
  readonly label: string
  readonly month: string
  readonly us: number
  readonly hours: number | null
}) {
  const share = hours === null || hours === 0 ? null : us / US_PER_HOUR / hours
  return (
    <Figure
      label={label}
      value={<span title={exactText(us)}>{hours === null ? hoursText(us) : hoursNumber(us)}</span>}
      {...(hours !== null && { of: `${hours} h` })}
      share={share}
      tone={toneOf(share ?? 0)}
      note={share === null ? `${month}, without a limit` : `${month}: ${percentText(share)} used`}
    />
  )
}

function slotsNote(workers: number, slots: Schemas['SlotCounts']): string {
  const parts = [workers === 1 ? '1 worker' : `${workers} workers`]
  if (slots.fencing > 0) parts.push(`${slots.fencing} being cleared`)
  if (slots.quarantined > 0) parts.push(`${slots.quarantined} set aside`)
  return parts.join(', ')
}

function Held() {
  const refetchInterval = useRefresh()
  const { data, error } = useInfiniteQuery({ ...sessionsThat({ live: true }), refetchInterval })
  const simulated = useSimulated()
  const live = data?.pages.flatMap(({ sessions }) => sessions)
  const holding = live?.filter(isHolding)
  const more = Math.max(0, (holding?.length ?? 0) - SHOWN)
  return (
    <Part
      title="What holds the slots"
      actions={
        <Anchor component={Link} to="/sessions" size="sm">
          {more > 0 ? `${more} more, and all sessions` : 'All sessions'}
        </Anchor>
      }
    >
      {error && live === undefined ? (
        <ErrorNotice error={error} />
      ) : (
        <SessionTable
          label="What holds the slots"
          sessions={holding?.slice(0, SHOWN)}
          empty={simulated?.length === 0 && <NobodyWatches />}
        />
      )}
      <HeldBySimulations found={simulated ?? []} isBelow={holding?.length !== 0} />
    </Part>
  )
}

/** Returns the simulations that hold slots; undefined where that is not known yet. */
function useSimulated(): readonly Simulation[] | undefined {
  const refetchInterval = useRefresh()
  const may = useMay('simulations:read')
  const { data, error } = useInfiniteQuery({
    ...simulationsThat({ state: ['dispatched', 'processing'] }),
    ...(refetchInterval !== false && { refetchInterval }),
    enabled: may,
  })
  if (data === undefined) return may && !error ? undefined : []
  return data.pages
    .flatMap(({ simulations }) => simulations)
    .filter((simulation) => slotsOf(simulation) > 0)
}

function HeldBySimulations({
  found,
  isBelow,
}: {
  readonly found: readonly Simulation[]
  /** Whether sessions stand above. */
  readonly isBelow: boolean
}) {
  const mayCancel = useMay('simulations:write')
  const more = found.length - SHOWN
  return (
    <Box mt={isBelow ? 'sm' : 0}>
      <DataTable
        label="Simulations that hold slots"
        columns={columnsFor({ mayCancel, withSlots: true })}
        rows={found.slice(0, SHOWN)}
        keyOf={({ id }) => id}
        empty={null}
      />
      {more > 0 && (
        <Anchor component={Link} to="/simulations?state=active" size="sm" mt="xs" display="block">
          {more} more, and all simulations that go on
        </Anchor>
      )}
    </Box>
  )
}

function NobodyWatches() {
  const hasProject = useHasProject()
  return (
    <EmptyState icon={IconPlayerPlay} title="Nobody watches right now" actions={<FirstStep />}>
      {hasProject
        ? 'Open a world in another tab: its session shows up here as it connects, with what it holds and a button that ends it. So does a simulation while its scripts run.'
        : 'This account has no project yet. Once it has, whoever plays it shows up here, with what they hold and a button that ends it.'}
    </EmptyState>
  )
}

function waitingText(waiting: number): string {
  if (waiting === 0) return 'no script waits'
  return waiting === 1 ? '1 more script waits' : `${waiting} more scripts wait`
}
