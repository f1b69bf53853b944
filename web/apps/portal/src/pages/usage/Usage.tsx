import { Anchor, Button, Card, Group, SegmentedControl, Select, Text } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import IconChartBar from '@tabler/icons-react/dist/esm/icons/IconChartBar.mjs'
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs'
import { Link, useSearchParams } from 'react-router'
import { everyAccount } from '../../api/every.ts'
import { useMay } from '../../api/me.ts'
import { type Column, DataTable } from '../../pieces/DataTable.tsx'
import { EmptyState } from '../../pieces/EmptyState.tsx'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { Figure, Figures } from '../../pieces/Figure.tsx'
import { failed } from '../../pieces/notify.ts'
import { PageHeader, Part } from '../../pieces/PageHeader.tsx'
import { exactText, hoursText } from '../../pieces/spans.ts'
import { type GroupBy, save, sheetOf, type Usage as UsageOf, usageOf, type Whose } from './asked.ts'
import { Cost } from './Cost.tsx'
import { Days } from './Days.tsx'
import { lastMonths, monthOf, monthText } from './months.ts'

const MONTHS = 13
const WHOSE = [
  { value: 'own', label: 'This account' },
  { value: 'all', label: 'All accounts' },
]

interface Grouping {
  readonly value: GroupBy
  readonly label: string
}
const GROUPS: readonly [Grouping, ...Grouping[]] = [
  { value: 'project', label: 'Project' },
  { value: 'end_user', label: 'End user' },
  { value: 'region', label: 'Region' },
  { value: 'day', label: 'Day' },
  { value: 'session', label: 'Session' },
]
/** Of all accounts together: names of projects and end users are each account's own. */
const GROUPS_OF_ALL: typeof GROUPS = [
  { value: 'account', label: 'Account' },
  { value: 'region', label: 'Region' },
  { value: 'day', label: 'Day' },
]
const NOBODY: Readonly<Partial<Record<GroupBy, string>>> = { end_user: 'no end user named' }

/** What was streamed in a month, by whom: the numbers that a bill is made from. */
export default function Usage() {
  const [search, setSearch] = useSearchParams()
  const now = new Date()
  const month = search.get('month') ?? monthOf(now)
  const operates = useMay('operate')
  const whose: Whose = operates && search.get('of') === 'all' ? 'all' : 'own'
  const groups = whose === 'all' ? GROUPS_OF_ALL : GROUPS
  const { value: by, label } = groups.find(({ value }) => value === search.get('by')) ?? groups[0]
  const put = (next: Readonly<Record<string, string>>): void => {
    setSearch({ month, by, of: whose, ...next }, { replace: true })
  }
  const asked = useInfiniteQuery(usageOf(month, by, whose))
  const total = asked.data?.pages[0]?.total
  return (
    <>
      <PageHeader
        title="Usage"
        about="Seconds in which a session streamed or idled, from the event log, to the microsecond. Waiting, starting and lost connections cost nothing."
      >
        {operates && (
          <SegmentedControl
            aria-label="Whose"
            data={WHOSE}
            value={whose}
            onChange={(next) => {
              put({ of: next })
            }}
          />
        )}
        <Select
          aria-label="Month"
          allowDeselect={false}
          w="11rem"
          data={lastMonths(now, MONTHS).map((one) => ({ value: one, label: monthText(one) }))}
          value={month}
          onChange={(next) => {
            if (next !== null) put({ month: next })
          }}
        />
        <Sheet month={month} by={by} whose={whose} />
      </PageHeader>
      {asked.error && asked.data === undefined ? (
        <ErrorNotice error={asked.error} onRetry={() => void asked.refetch()} />
      ) : (
        <>
          {total !== undefined && <Totals total={total} />}
          <Part title="Day by day" about="Stream hours of each day, UTC.">
            <Card>
              <Days month={month} whose={whose} />
            </Card>
          </Part>
          <Part
            title="Where it went"
            actions={
              <SegmentedControl
                size="xs"
                aria-label="Group by"
                data={[...groups]}
                value={by}
                onChange={(next) => {
                  put({ by: next })
                }}
              />
            }
          >
            <DataTable
              label="Usage"
              rows={asked.data?.pages.flatMap(({ groups }) => groups)}
              keyOf={({ key }) => key ?? ''}
              columns={[
                {
                  key: 'key',
                  title: label,
                  leads: true,
                  cell: ({ key }) => <Key by={by} shown={key} />,
                },
                {
                  key: 'sessions',
                  title: 'Sessions',
                  align: 'right',
                  cell: ({ sessions }) => sessions,
                },
                {
                  key: 'streaming',
                  title: 'Streaming',
                  align: 'right',
                  cell: ({ streaming_us: us }) => exactText(us),
                },
                {
                  key: 'idle',
                  title: 'Idle',
                  align: 'right',
                  cell: ({ idle_us: us }) => exactText(us),
                },
                {
                  key: 'all',
                  title: 'Together',
                  align: 'right',
                  cell: ({ stream_us: us }) => <Text fw={600}>{exactText(us)}</Text>,
                },
                ...((total?.simulation_us ?? 0) > 0 ? [SIMULATED] : []),
              ]}
              empty={
                <EmptyState icon={IconChartBar} title="Nothing was streamed in this month">
                  Once somebody plays, their seconds stand here: by project, by end user, by region.
                </EmptyState>
              }
              onMore={asked.hasNextPage ? () => void asked.fetchNextPage() : null}
              isAskingMore={asked.isFetchingNextPage}
            />
          </Part>
          <Cost month={month} />
        </>
      )}
    </>
  )
}

const SIMULATED: Column<UsageOf['groups'][number]> = {
  key: 'simulated',
  title: 'Simulated',
  align: 'right',
  cell: ({ simulation_us: us }) => (us === 0 ? '–' : exactText(us)),
}

function Totals({ total }: { readonly total: UsageOf['total'] }) {
  return (
    <Figures>
      <Figure
        label="Stream hours"
        value={hoursText(total.stream_us)}
        note={exactText(total.stream_us)}
      />
      <Figure
        label="Of these idle"
        value={hoursText(total.idle_us)}
        note={exactText(total.idle_us)}
      />
      <Figure label="Sessions" value={total.sessions} />
      <Figure
        label="Simulation hours"
        value={hoursText(total.simulation_us)}
        note={exactText(total.simulation_us)}
      />
    </Figures>
  )
}

function Key({ by, shown }: { readonly by: GroupBy; readonly shown: string | null }) {
  if (shown === null) {
    return (
      <Text component="span" c="dimmed">
        {NOBODY[by] ?? 'none'}
      </Text>
    )
  }
  if (by === 'session') {
    return (
      <Anchor component={Link} to={`/sessions/${encodeURIComponent(shown)}`} ff="monospace">
        {shown}
      </Anchor>
    )
  }
  if (by === 'account') return <AccountOf id={shown} />
  if (by === 'project') {
    return (
      <Anchor component={Link} to={`/projects/${encodeURIComponent(shown)}`}>
        {shown}
      </Anchor>
    )
  }
  return <>{shown}</>
}

/** An account by its name, as far as it is known. */
function AccountOf({ id }: { readonly id: string }) {
  const { data } = useQuery(everyAccount)
  const name = data?.find((account) => account.id === id)?.name
  return (
    <div>
      <Text fw={600}>{name ?? id}</Text>
      {name !== undefined && (
        <Text size="xs" c="dimmed" ff="monospace">
          {id}
        </Text>
      )}
    </div>
  )
}

/** The same numbers as a file for a sheet. */
function Sheet({
  month,
  by,
  whose,
}: {
  readonly month: string
  readonly by: GroupBy
  readonly whose: Whose
}) {
  const download = useMutation({
    mutationFn: () => sheetOf(month, by, whose),
    onSuccess: (file) => {
      save(file, `diorama-usage-${month}${whose === 'all' ? '-all' : ''}-by-${by}.csv`)
    },
    onError: (error) => {
      failed('There is no sheet', error)
    },
  })
  return (
    <Group gap="xs">
      <Button
        variant="default"
        leftSection={<IconDownload size={16} />}
        loading={download.isPending}
        onClick={() => {
          download.mutate()
        }}
      >
        CSV
      </Button>
    </Group>
  )
}
