import { Alert, Anchor, Button, Group, SegmentedControl, Text } from '@mantine/core'
import IconBroadcastOff from '@tabler/icons-react/dist/esm/icons/IconBroadcastOff.mjs'
import IconPlayerStop from '@tabler/icons-react/dist/esm/icons/IconPlayerStop.mjs'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useRefresh } from '../../api/LiveFeed.tsx'
import { overviewNow } from '../../api/overview.ts'
import { isHolding, isOver, type Session, sessionsThat, useEnd } from '../../api/sessions.ts'
import { confirm } from '../../pieces/confirm.tsx'
import { EmptyState } from '../../pieces/EmptyState.tsx'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { NothingFits } from '../../pieces/NothingFits.tsx'
import { PageHeader } from '../../pieces/PageHeader.tsx'
import { FirstStep } from '../../pieces/FirstStep.tsx'
import { FilterBar } from './FilterBar.tsx'
import { addressOf, askedOf, countOf, type Filters, filtersOf } from './filters.ts'
import { SessionTable, viewerOf } from './SessionTable.tsx'

const WHICH = [
  { value: 'live', label: 'Live' },
  { value: 'past', label: 'Past' },
  { value: 'all', label: 'All' },
] as const

/** Who watches, who watched, and what holds the slots. */
export default function Sessions() {
  const [search, setSearch] = useSearchParams()
  const filters = filtersOf(search)
  const put = (next: Filters): void => {
    setSearch(addressOf(next), { replace: true })
  }
  return (
    <>
      <PageHeader
        title="Sessions"
        about="Each is one viewer’s stay. Those that connect, stream or idle hold a slot, and count in the limits."
      />
      <SlotsHeld />
      <Group mb="sm" gap="sm" align="center">
        <SegmentedControl
          aria-label="Which sessions"
          data={[...WHICH]}
          value={filters.which}
          onChange={(which) => {
            put({ ...filters, which })
          }}
        />
        <FilterBar filters={filters} onChange={put} />
      </Group>
      <Found
        filters={filters}
        onClear={() => {
          put({ ...filtersOf(new URLSearchParams()), which: filters.which })
        }}
      />
    </>
  )
}

function Found({ filters, onClear }: { readonly filters: Filters; readonly onClear: () => void }) {
  const refetchInterval = useRefresh()
  const asked = useInfiniteQuery({ ...sessionsThat(askedOf(filters)), refetchInterval })
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const all = asked.data?.pages.flatMap(({ sessions }) => sessions)
  // The stream brings news of sessions that a list of live ones shows until it is asked again.
  const shown = filters.which === 'live' ? all?.filter((one) => !isOver(one)) : all
  if (asked.error && all === undefined) {
    return <ErrorNotice error={asked.error} onRetry={() => void asked.refetch()} />
  }
  const chosen = (shown ?? []).filter((one) => ticked.has(one.id) && !isOver(one))
  return (
    <>
      <EndChosen
        chosen={chosen}
        onEnded={() => {
          setTicked(new Set())
        }}
      />
      <SessionTable
        label="Sessions"
        sessions={shown}
        empty={<Nothing filters={filters} onClear={onClear} />}
        {...(filters.which !== 'past' && {
          ticks: {
            ticked,
            onChange: setTicked,
            may: (session: Session) => !isOver(session),
            nameOf: (session: Session) => `Session of ${viewerOf(session)} in ${session.project}`,
          },
        })}
        onMore={asked.hasNextPage ? () => void asked.fetchNextPage() : null}
        isAskingMore={asked.isFetchingNextPage}
      />
    </>
  )
}

function EndChosen({
  chosen,
  onEnded,
}: {
  readonly chosen: readonly Session[]
  readonly onEnded: () => void
}) {
  const end = useEnd()
  if (chosen.length === 0) return null
  const action = chosen.length === 1 ? 'End 1 session' : `End ${chosen.length} sessions`
  const ask = (): void => {
    confirm({
      title: `${action}?`,
      about: `Their viewers are told that an operator ended it. ${freed(chosen)}`,
      action,
      act: () => {
        end.mutate(
          chosen.map(({ id }) => id),
          { onSuccess: onEnded },
        )
      },
    })
  }
  return (
    <Group mb="sm" gap="sm">
      <Button
        color="red"
        variant="light"
        leftSection={<IconPlayerStop size={16} />}
        onClick={ask}
        loading={end.isPending}
      >
        {action}
      </Button>
      <Text size="sm" c="dimmed">
        {freed(chosen)}
      </Text>
    </Group>
  )
}

function freed(chosen: readonly Session[]): string {
  const slots = chosen.filter(isHolding).length
  if (slots === 0) return 'None of them holds a slot.'
  return slots === 1 ? 'That frees 1 slot.' : `That frees ${slots} slots.`
}

/** How many streams there are of how many, and what to do where that is all of them. */
function SlotsHeld() {
  const refetchInterval = useRefresh()
  const { data } = useQuery({ ...overviewNow, refetchInterval })
  if (data === undefined || data.streams < data.limit) return null
  return (
    <Alert color="clay" mb="md" title={`All ${data.limit} streams of your plan are in use`}>
      Who asks now is refused, or waits in line, as their project’s rule <code>on_limit</code> says.
      Ending one of the sessions below makes room at once.
    </Alert>
  )
}

function Nothing({
  filters,
  onClear,
}: {
  readonly filters: Filters
  readonly onClear: () => void
}) {
  if (countOf(filters) > 0) {
    return <NothingFits what="session" onClear={onClear} />
  }
  if (filters.which === 'live') {
    return (
      <EmptyState icon={IconBroadcastOff} title="Nobody watches right now" actions={<FirstStep />}>
        No slot is held. Whoever opens a world shows up here as they connect. Who watched before is
        under{' '}
        <Anchor component={Link} to="/sessions?which=past">
          Past
        </Anchor>
        .
      </EmptyState>
    )
  }
  return (
    <EmptyState icon={IconBroadcastOff} title="Nobody has watched yet" actions={<FirstStep />}>
      Every session stays here after its end, with why it ended.
    </EmptyState>
  )
}
