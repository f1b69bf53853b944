import { Anchor, Button, Group, Text, UnstyledButton } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import IconKey from '@tabler/icons-react/dist/esm/icons/IconKey.mjs'
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs'
import { useState } from 'react'
import { useMay } from '../../api/me.ts'
import { confirm } from '../../pieces/confirm.tsx'
import { CopyBox } from '../../pieces/CopyBox.tsx'
import { EmptyState } from '../../pieces/EmptyState.tsx'
import { Ago, Moment } from '../../pieces/Moment.tsx'
import { PageHeader, Part } from '../../pieces/PageHeader.tsx'
import { Dot, type Tone } from '../../pieces/StateBadge.tsx'
import { Listing } from '../../pieces/Listing.tsx'
import { type Key, keysSeen, useRevoke } from './asked.ts'
import { CreateKey } from './CreateKey.tsx'
import { RotateKey } from './RotateKey.tsx'

const TONES: Readonly<Record<Key['state'], Tone>> = {
  active: 'good',
  expired: 'warn',
  revoked: 'over',
}

const FEW = 2

/** What servers and workers are known by. */
export default function Keys() {
  const asked = useInfiniteQuery(keysSeen)
  const may = useMay('keys:write')
  const [isMaking, setMaking] = useState(false)
  const [rotated, setRotated] = useState<Key | null>(null)
  const create = may && (
    <Button
      leftSection={<IconPlus size={16} />}
      onClick={() => {
        setMaking(true)
      }}
    >
      New key
    </Button>
  )
  const command = `curl -H "Authorization: Bearer $DIORAMA_KEY" ${location.origin}/v1/sessions`
  return (
    <>
      <PageHeader
        title="Keys"
        about="API keys are for servers and scripts, and never go into a browser. Worker keys let a GPU host offer slots."
      >
        {create}
      </PageHeader>
      <Listing
        label="Keys"
        asked={asked}
        rowsOf={({ keys }) => keys}
        keyOf={({ id }) => id}
        columns={[
          {
            key: 'name',
            title: 'Key',
            leads: true,
            cell: ({ name, hint, kind }) => (
              <div>
                <Text fw={600}>{name}</Text>
                <Text size="xs" c="dimmed" ff="monospace">
                  {hint} · {kind}
                </Text>
              </div>
            ),
          },
          {
            key: 'state',
            title: 'State',
            cell: (key) => <Standing shown={key} />,
          },
          { key: 'may', title: 'Allows', wide: true, cell: (key) => <Allowed shown={key} /> },
          {
            key: 'used',
            title: 'Last used',
            cell: ({ last_used_at: at }) => (at === null ? <Never /> : <Ago at={at} />),
          },
          {
            key: 'until',
            title: 'Ends',
            cell: ({ state, expires_at: at }) =>
              state === 'revoked' ? '–' : at === null ? 'never' : <Moment at={at} />,
          },
          {
            key: 'acts',
            title: 'Do',
            mute: true,
            wide: true,
            align: 'right',
            cell: (key) =>
              may && key.state === 'active' && <Acts shown={key} onRotate={setRotated} />,
          },
        ]}
        empty={
          <EmptyState icon={IconKey} title="No key yet" actions={create}>
            With a key, a server of yours lists and ends sessions, mints tickets for its viewers and
            reads usage. It is shown once; give it only what it needs.
          </EmptyState>
        }
      />
      <Part
        title="Try one"
        about={
          <>
            Every route is in the <Anchor href="/openapi.json">OpenAPI document</Anchor>.
          </>
        }
      >
        <CopyBox text={command} label="the command" />
      </Part>
      <CreateKey
        isOpen={isMaking}
        onClose={() => {
          setMaking(false)
        }}
      />
      <RotateKey
        shown={rotated}
        onClose={() => {
          setRotated(null)
        }}
      />
    </>
  )
}

function Acts({ shown, onRotate }: { readonly shown: Key; readonly onRotate: (key: Key) => void }) {
  const revoke = useRevoke()
  return (
    <Group gap={4} justify="flex-end" wrap="nowrap">
      {shown.replaced_by === null && (
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => {
            onRotate(shown)
          }}
        >
          Rotate
        </Button>
      )}
      <Button
        size="compact-sm"
        variant="subtle"
        color="red"
        loading={revoke.isPending}
        onClick={() => {
          confirm({
            title: `Revoke ${shown.name}?`,
            about:
              'Whatever uses it is refused from its next request on. It cannot be brought back.',
            action: 'Revoke the key',
            act: () => {
              revoke.mutate(shown)
            },
          })
        }}
      >
        Revoke
      </Button>
    </Group>
  )
}

function Never() {
  return (
    <Text component="span" c="dimmed">
      never
    </Text>
  )
}

/** Whether a key opens anything, and since when it does not, or why it soon will not. */
function Standing({ shown }: { readonly shown: Key }) {
  const { state, revoked_at: revoked, replaced_by: by } = shown
  return (
    <div>
      <Dot tone={TONES[state]}>{state}</Dot>
      {(revoked !== null || (by !== null && state === 'active')) && (
        <Text size="xs" c="dimmed">
          {revoked === null ? 'a newer secret takes its place' : <Moment at={revoked} />}
        </Text>
      )}
    </div>
  )
}

/** What a key may be used for; of many scopes the first, and all at a click. */
function Allowed({ shown: { kind, scopes, worker } }: { readonly shown: Key }) {
  const [isOpen, setOpen] = useState(false)
  if (kind === 'worker')
    return worker === null ? 'registering any worker' : `registering worker ${worker}`
  if (scopes === null) return 'everything its account may'
  if (scopes.length <= FEW + 1) return scopes.join(', ')
  return (
    <UnstyledButton
      aria-expanded={isOpen}
      onClick={() => {
        setOpen(!isOpen)
      }}
    >
      <Text span inherit td="underline">
        {isOpen
          ? scopes.join(', ')
          : `${scopes.slice(0, FEW).join(', ')} and ${scopes.length - FEW} more`}
      </Text>
    </UnstyledButton>
  )
}
