import { ActionIcon, Anchor, Button, Group, Select, Text, Tooltip } from '@mantine/core'
import IconFilterOff from '@tabler/icons-react/dist/esm/icons/IconFilterOff.mjs'
import IconMovie from '@tabler/icons-react/dist/esm/icons/IconMovie.mjs'
import IconPlayerStop from '@tabler/icons-react/dist/esm/icons/IconPlayerStop.mjs'
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useSearchParams } from 'react-router'
import { useMay } from '../../api/me.ts'
import { projectsSeen } from '../../api/projects.ts'
import { isOver, type Simulation, simulationsThat, useCancel } from '../../api/simulations.ts'
import { confirm } from '../../pieces/confirm.tsx'
import { CopyBox } from '../../pieces/CopyBox.tsx'
import type { Column } from '../../pieces/DataTable.tsx'
import { EmptyState } from '../../pieces/EmptyState.tsx'
import { Listing } from '../../pieces/Listing.tsx'
import { Lasting, Moment } from '../../pieces/Moment.tsx'
import { PageHeader } from '../../pieces/PageHeader.tsx'
import { StateBadge } from '../../pieces/StateBadge.tsx'
import { askedOf, type Filters, filtersOf, STATES } from './filters.ts'
import { ProgressLine } from './ProgressLine.tsx'
import classes from './Simulations.module.css'
import { shareOfAll } from './words.ts'

const COLUMNS: readonly Column<Simulation>[] = [
  {
    key: 'name',
    title: 'Simulation',
    leads: true,
    cell: (one) => (
      <span className={classes['two']}>
        <Anchor component={Link} to={`/simulations/${one.id}`}>
          {nameOf(one)}
        </Anchor>
        <span className={classes['more']}>
          {one.project}, {one.scripts === 1 ? '1 script' : `${one.scripts} scripts`}
        </span>
      </span>
    ),
  },
  {
    key: 'state',
    title: 'State',
    cell: (one) => (
      <span className={classes['two']}>
        <StateBadge state={one.state} />
        <span className={classes['more']}>{noteOf(one)}</span>
      </span>
    ),
  },
  {
    key: 'progress',
    title: 'Progress',
    wide: true,
    cell: (one) => (
      <ProgressLine
        label={nameOf(one)}
        state={one.state}
        frames={one.progress.frames}
        total={one.progress.frames_total}
        share={shareOfAll(one)}
      />
    ),
  },
  { key: 'since', title: 'Submitted', cell: ({ created_at }) => <Moment at={created_at} /> },
  {
    key: 'lasts',
    title: 'Took',
    align: 'right',
    cell: ({ started_at: from, ended_at: to }) =>
      from === null ? '–' : <Lasting from={from} to={to} />,
  },
]

/** Scripts that run without a viewer: what waits, what runs, and what came of them. */
export default function Simulations() {
  const [search, setSearch] = useSearchParams()
  const filters = filtersOf(search)
  const asked = useInfiniteQuery(simulationsThat(askedOf(filters)))
  const may = useMay('simulations:write')
  const act: Column<Simulation> = {
    key: 'act',
    title: 'Cancel',
    mute: true,
    align: 'right',
    cell: (one) => (isOver(one) ? null : <Cancel simulation={one} />),
  }
  const put = (next: Filters): void => {
    setSearch(
      Object.entries(next).flatMap(([name, value]) => (value === null ? [] : [[name, value]])) as [
        string,
        string,
      ][],
      { replace: true },
    )
  }
  return (
    <>
      <PageHeader
        title="Simulations"
        about="Scripts that run without a viewer, as fast as the world can. They take slots that no viewer waits for, and leave a video each."
      >
        {may && <NewButton />}
      </PageHeader>
      <FilterLine filters={filters} onChange={put} />
      <Listing
        label="Simulations"
        asked={asked}
        rowsOf={({ simulations }) => simulations}
        columns={may ? [...COLUMNS, act] : COLUMNS}
        keyOf={({ id }) => id}
        empty={
          filters.project === null && filters.state === null ? (
            <NoneYet />
          ) : (
            <EmptyState
              icon={IconFilterOff}
              title="No simulation fits"
              actions={
                <Button
                  variant="default"
                  onClick={() => {
                    put({ project: null, state: null })
                  }}
                >
                  Clear the filters
                </Button>
              }
            >
              There may be some with fewer filters.
            </EmptyState>
          )
        }
      />
    </>
  )
}

function FilterLine({
  filters,
  onChange,
}: {
  readonly filters: Filters
  readonly onChange: (next: Filters) => void
}) {
  const { data: projects } = useQuery(projectsSeen)
  return (
    <Group mb="sm" gap="sm">
      <Select
        aria-label="State"
        placeholder="Any state"
        clearable
        w="10.5rem"
        data={[...STATES]}
        value={filters.state}
        onChange={(state) => {
          onChange({ ...filters, state: STATES.find((one) => one === state) ?? null })
        }}
      />
      <Select
        aria-label="Project"
        placeholder="Any project"
        clearable
        w="12rem"
        data={(projects ?? []).map(({ name }) => name)}
        value={filters.project}
        onChange={(project) => {
          onChange({ ...filters, project })
        }}
      />
    </Group>
  )
}

function NoneYet() {
  const may = useMay('simulations:write')
  return (
    <EmptyState icon={IconMovie} title="No simulation yet" actions={may && <NewButton />}>
      <p>
        A script says what happens and when: prompts, keys, and the end. It runs on a slot of its
        own, with nobody watching, and leaves a video, a preview, a picture and a log. Submit one
        here, by the API, or in a terminal:
      </p>
      <CopyBox
        text={'diorama simulate cove --prompt "a storm comes up@2.5" --length 10'}
        label="the command"
      />
    </EmptyState>
  )
}

function NewButton() {
  return (
    <Button component={Link} to="/simulations/new" leftSection={<IconPlus size={16} />}>
      New simulation
    </Button>
  )
}

function Cancel({ simulation }: { readonly simulation: Simulation }) {
  const cancel = useCancel()
  return (
    <Tooltip label="Cancel the simulation">
      <ActionIcon
        variant="default"
        c="red"
        aria-label={`Cancel ${nameOf(simulation)}`}
        loading={cancel.isPending}
        onClick={() => {
          askToCancel(simulation, () => {
            cancel.mutate(simulation)
          })
        }}
      >
        <IconPlayerStop size={16} />
      </ActionIcon>
    </Tooltip>
  )
}

/** Asks before a simulation is cancelled. */
export function askToCancel(simulation: Simulation, act: () => void): void {
  confirm({
    title: `Cancel ${nameOf(simulation)}?`,
    about: (
      <Text size="sm">
        Scripts that run are stopped and their slots are free within a second; those that wait are
        not run. The recordings of scripts that are done stay.
      </Text>
    ),
    action: 'Cancel the simulation',
    act,
  })
}

/** Returns what to call a simulation: its name, if it was given one. */
export function nameOf({ name, id }: Pick<Simulation, 'name' | 'id'>): string {
  return name ?? `…${id.slice(-6)}`
}

function noteOf({ state, queue, error, progress }: Simulation): string | null {
  if (error !== null) return error.reason.replaceAll('_', ' ')
  if (state === 'pending' && queue !== null) return `number ${queue.position} in line`
  return progress.runs > 1 ? `${progress.runs_done} of ${progress.runs} scripts over` : null
}
