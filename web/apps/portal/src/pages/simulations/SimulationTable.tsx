/** The columns of a table of simulations, with the way to each and to its end. */
import { ActionIcon, Anchor, Text, Tooltip } from '@mantine/core'
import IconPlayerStop from '@tabler/icons-react/dist/esm/icons/IconPlayerStop.mjs'
import { Link } from 'react-router'
import { isOver, type Simulation, slotsOf, useCancel } from '../../api/simulations.ts'
import { confirm } from '../../pieces/confirm.tsx'
import type { Column } from '../../pieces/DataTable.tsx'
import { Lasting, Moment } from '../../pieces/Moment.tsx'
import { StateBadge } from '../../pieces/StateBadge.tsx'
import { SimulationProgress } from './ProgressLine.tsx'
import classes from './Simulations.module.css'
import { nameOf } from './words.ts'

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
    cell: (one) => <SimulationProgress of={one} />,
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
const SLOTS: Column<Simulation> = {
  key: 'slots',
  title: 'Slots',
  align: 'right',
  cell: (one) => <span className="figures">{slotsOf(one)}</span>,
}
const CANCEL: Column<Simulation> = {
  key: 'act',
  title: 'Cancel',
  mute: true,
  align: 'right',
  cell: (one) => (isOver(one) ? null : <Cancel simulation={one} />),
}

/** Returns the columns for who may, or may not, cancel a simulation. */
export function columnsFor({
  mayCancel,
  withSlots = false,
}: {
  readonly mayCancel: boolean
  /** Whether to say how many slots each holds. */
  readonly withSlots?: boolean
}): readonly Column<Simulation>[] {
  return [...COLUMNS, ...(withSlots ? [SLOTS] : []), ...(mayCancel ? [CANCEL] : [])]
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

function noteOf({ state, queue, error, progress }: Simulation): string | null {
  if (error !== null) return error.reason.replaceAll('_', ' ')
  if (state === 'pending' && queue !== null) return `number ${queue.position} in line`
  return progress.runs > 1 ? `${progress.runs_done} of ${progress.runs} scripts over` : null
}
