import { Alert, Button, Group, Stack, Text, TextInput, Tooltip } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import IconHistory from '@tabler/icons-react/dist/esm/icons/IconHistory.mjs'
import IconShieldCheck from '@tabler/icons-react/dist/esm/icons/IconShieldCheck.mjs'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { answerOf, api } from '../../api/client.ts'
import { EmptyState } from '../../pieces/EmptyState.tsx'
import { Listing } from '../../pieces/Listing.tsx'
import { Moment } from '../../pieces/Moment.tsx'
import { NothingFits } from '../../pieces/NothingFits.tsx'
import { PageHeader } from '../../pieces/PageHeader.tsx'
import { addressOf, type Filters, filtersOf, isAction, shortId } from './actors.ts'
import { auditOf } from './asked.ts'
import classes from './Audit.module.css'
import { Who, WhoSelect } from './Who.tsx'

const PAUSE_MS = 300

/** Who changed what, and when. */
export default function Audit() {
  const [search, setSearch] = useSearchParams()
  const filters = filtersOf(search)
  const [typed, setTyped] = useState(filters.action ?? '')
  const asked = useInfiniteQuery(auditOf(filters))
  const put = (next: Filters): void => {
    setSearch(addressOf(next), { replace: true })
  }
  return (
    <>
      <PageHeader
        title="Audit log"
        about="Every change that a person or a key made. Entries are only ever added, each holding the digest of the one before."
      >
        <Check />
      </PageHeader>
      <Group gap="sm" mb="sm" align="start">
        <WhoSelect
          actor={filters.actor}
          onChange={(actor) => {
            put({ ...filters, actor })
          }}
        />
        <What
          typed={typed}
          onType={setTyped}
          onChange={(action) => {
            put({ ...filters, action })
          }}
        />
      </Group>
      <Listing
        label="Audit log"
        asked={asked}
        rowsOf={({ entries }) => entries}
        keyOf={({ seq }) => String(seq)}
        columns={[
          { key: 'at', title: 'When', cell: ({ at }) => <Moment at={at} /> },
          {
            key: 'actor',
            title: 'Who',
            cell: ({ actor: who }) => <Who actor={who} action={filters.action} />,
          },
          {
            key: 'action',
            title: 'What',
            leads: true,
            cell: ({ action: what }) => <Text fw={600}>{what}</Text>,
          },
          {
            key: 'subject',
            title: 'Of',
            cell: ({ subject }) => (
              <Tooltip label={subject}>
                <Text component="span" size="sm" ff="monospace">
                  {shortId(subject)}
                </Text>
              </Tooltip>
            ),
          },
          {
            key: 'detail',
            title: 'Details',
            wide: true,
            cell: ({ detail }) => isKnown(detail) && <Detail detail={detail} />,
          },
        ]}
        empty={
          filters.actor === null && filters.action === null ? (
            <EmptyState icon={IconHistory} title="Nothing was changed yet">
              Once somebody invites a member, makes a key or changes a rule, it stands here.
            </EmptyState>
          ) : (
            <NothingFits
              what="entry"
              onClear={() => {
                setTyped('')
                put({ actor: null, action: null })
              }}
            />
          )
        }
      />
    </>
  )
}

/** What was done, by its name or the first word of it; taken once whoever types pauses. */
function What({
  typed,
  onType,
  onChange,
}: {
  readonly typed: string
  readonly onType: (typed: string) => void
  readonly onChange: (action: string | null) => void
}) {
  const take = useDebouncedCallback((text: string) => {
    if (text === '' || isAction(text)) onChange(text === '' ? null : text)
  }, PAUSE_MS)
  const text = typed.trim()
  return (
    <TextInput
      aria-label="What"
      placeholder="Anything: project.changed, or project"
      value={typed}
      error={
        text !== '' &&
        !isAction(text) &&
        'Small letters, as in project.changed, or project for all.'
      }
      onChange={(event) => {
        onType(event.currentTarget.value)
        take(event.currentTarget.value.trim())
      }}
      w={{ base: '100%', xs: '20rem' }}
    />
  )
}

function isKnown(detail: unknown): detail is object {
  return typeof detail === 'object' && detail !== null && Object.keys(detail).length > 0
}

/** What is known of a change beside its name, as text: it may hold what a stranger typed. */
function Detail({ detail }: { readonly detail: object }) {
  return (
    <Stack gap={0}>
      {Object.entries(detail).map(([name, value]) => (
        <Text key={name} size="xs" className={classes['detail']}>
          <Text component="span" inherit c="dimmed">
            {name}{' '}
          </Text>
          {saidOf(value)}
        </Text>
      ))}
    </Stack>
  )
}

function saidOf(value: unknown): string {
  if (value === null) return 'none'
  if (value === '') return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Holds every entry to the digests: whether the log is as it was written. */
function Check() {
  const check = useMutation({ mutationFn: () => answerOf(api.GET('/v1/audit/check')) })
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconShieldCheck size={16} />}
        loading={check.isPending}
        onClick={() => {
          check.mutate()
        }}
      >
        Check the chain
      </Button>
      {check.data !== undefined && (
        <Alert role="status" color={check.data.whole ? 'pine' : 'red'} p="xs">
          {check.data.whole
            ? `All ${check.data.entries} entries are whole.`
            : `Entry ${check.data.broken_at ?? '?'} does not fit: the log was changed.`}
        </Alert>
      )}
    </>
  )
}
