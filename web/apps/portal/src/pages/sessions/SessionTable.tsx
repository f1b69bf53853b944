import { ActionIcon, Anchor, Tooltip } from '@mantine/core'
import IconPlayerStop from '@tabler/icons-react/dist/esm/icons/IconPlayerStop.mjs'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { useMay } from '../../api/me.ts'
import { isOver, type Session, useEnd } from '../../api/sessions.ts'
import { confirm } from '../../pieces/confirm.tsx'
import { type Column, DataTable, type Ticks } from '../../pieces/DataTable.tsx'
import { For, Lasting, Moment } from '../../pieces/Moment.tsx'
import { StateBadge } from '../../pieces/StateBadge.tsx'
import classes from './SessionTable.module.css'

const WHO: Column<Session> = {
  key: 'who',
  title: 'Viewer',
  leads: true,
  cell: (session) => (
    <span className={classes['who']}>
      <Anchor component={Link} to={`/sessions/${session.id}`}>
        {viewerOf(session)}
      </Anchor>
      {session.device !== null && <span className={classes['more']}>{session.device}</span>}
    </span>
  ),
}
const PROJECT: Column<Session> = {
  key: 'project',
  title: 'Project',
  cell: ({ project, region }) => (
    <span className={classes['who']}>
      <span>{project}</span>
      <span className={classes['more']}>{region}</span>
    </span>
  ),
}
const STATE: Column<Session> = {
  key: 'state',
  title: 'State',
  cell: (session) => (
    <span className={classes['who']}>
      <StateBadge state={session.state} />
      <span className={classes['more']}>{stateNote(session)}</span>
    </span>
  ),
}
const WORKER: Column<Session> = {
  key: 'worker',
  title: 'Worker',
  cell: ({ worker }) => worker ?? '–',
}
const SINCE: Column<Session> = {
  key: 'since',
  title: 'Asked at',
  cell: ({ created_at }) => <Moment at={created_at} />,
}
const LASTS: Column<Session> = {
  key: 'lasts',
  title: 'Duration',
  align: 'right',
  cell: ({ created_at, ended_at }) => <Lasting from={created_at} to={ended_at} />,
}

/** Sessions, live and past ones, each with the way to its timeline and to its end. */
export function SessionTable({
  label,
  sessions,
  empty,
  ticks,
  onMore,
  isAskingMore,
}: {
  readonly label: string
  readonly sessions: readonly Session[] | undefined
  readonly empty: ReactNode
  readonly ticks?: Ticks<Session>
  readonly onMore?: (() => void) | null
  readonly isAskingMore?: boolean
}) {
  const mayEnd = useMay('sessions:write')
  const act: Column<Session> = {
    key: 'act',
    title: 'End',
    mute: true,
    align: 'right',
    cell: (session) => (isOver(session) ? null : <EndButton session={session} />),
  }
  return (
    <DataTable
      label={label}
      columns={[WHO, PROJECT, STATE, WORKER, SINCE, LASTS, ...(mayEnd ? [act] : [])]}
      rows={sessions}
      keyOf={({ id }) => id}
      empty={empty}
      {...(ticks && mayEnd && { ticks })}
      {...(onMore !== undefined && { onMore })}
      {...(isAskingMore !== undefined && { isAskingMore })}
    />
  )
}

/** Ends one session after one question. */
function EndButton({ session }: { readonly session: Session }) {
  const end = useEnd()
  const ask = (): void => {
    confirm({
      title: 'End this session?',
      about: (
        <>
          {viewerOf(session)} is in <strong>{session.project}</strong>. They are told that an
          operator ended it, and its slot is free within a second.
        </>
      ),
      action: 'End the session',
      act: () => {
        end.mutate([session.id])
      },
    })
  }
  return (
    <Tooltip label="End the session">
      <ActionIcon
        variant="default"
        c="red"
        aria-label={`End the session of ${viewerOf(session)}`}
        onClick={ask}
        loading={end.isPending}
      >
        <IconPlayerStop size={16} />
      </ActionIcon>
    </Tooltip>
  )
}

/** Returns what to call who watches: an end user's name if the customer gave one. */
export function viewerOf({ end_user }: Session): string {
  return end_user ?? 'Visitor'
}

function stateNote(session: Session): ReactNode {
  if (session.end !== null) return `${session.end.code} ${session.end.name}`
  if (session.queue !== null) return `number ${session.queue.position} of ${session.queue.length}`
  if (!session.attached && session.attachment > 0) return 'viewer not heard'
  return <For at={session.state_entered_at} />
}
