import { Alert, Button, Group, Stack, Text, TextInput, Tooltip } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { infiniteQueryOptions, useInfiniteQuery, useMutation } from '@tanstack/react-query'
import IconHistory from '@tabler/icons-react/dist/esm/icons/IconHistory.mjs'
import IconShieldCheck from '@tabler/icons-react/dist/esm/icons/IconShieldCheck.mjs'
import { useState } from 'react'
import { answerOf, api } from '../../api/client.ts'
import { EmptyState } from '../../pieces/EmptyState.tsx'
import { Moment } from '../../pieces/Moment.tsx'
import { PageHeader } from '../../pieces/PageHeader.tsx'
import { Listing } from '../../pieces/Listing.tsx'
import classes from './Audit.module.css'
import { shortId, Who } from './Who.tsx'

const PAUSE_MS = 300

function auditOf(actor: string, action: string) {
  return infiniteQueryOptions({
    queryKey: ['audit', actor, action],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/v1/audit', {
          params: {
            query: {
              ...(actor !== '' && { actor }),
              ...(action !== '' && { action }),
              ...(pageParam !== null && { cursor: Number(pageParam) }),
            },
          },
        }),
      ),
    getNextPageParam: ({ cursor }) => cursor,
  })
}

/** Who changed what, and when. */
export default function Audit() {
  const [actor, setActor] = useState('')
  const [action, setAction] = useState('')
  const [heldActor] = useDebouncedValue(actor.trim(), PAUSE_MS)
  const [heldAction] = useDebouncedValue(action.trim(), PAUSE_MS)
  const asked = useInfiniteQuery(auditOf(heldActor, heldAction))
  return (
    <>
      <PageHeader
        title="Audit log"
        about="Every change that a person or a key made. Entries are only ever added, each holding the digest of the one before."
      >
        <Check />
      </PageHeader>
      <Group gap="sm" mb="sm">
        <TextInput
          aria-label="Who"
          placeholder="Who: member:mem_… or key:key_…"
          value={actor}
          onChange={(event) => {
            setActor(event.currentTarget.value)
          }}
          w={{ base: '100%', xs: '16rem' }}
        />
        <TextInput
          aria-label="What"
          placeholder="What: project.changed"
          value={action}
          onChange={(event) => {
            setAction(event.currentTarget.value)
          }}
          w={{ base: '100%', xs: '16rem' }}
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
            cell: ({ actor: who }) => <Who actor={who} />,
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
          <EmptyState icon={IconHistory} title="Nothing was changed yet">
            Once somebody invites a member, makes a key or changes a rule, it stands here.
          </EmptyState>
        }
      />
    </>
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
