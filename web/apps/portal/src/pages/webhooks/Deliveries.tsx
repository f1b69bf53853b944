import { Button, Code, Collapse, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import IconSend from '@tabler/icons-react/dist/esm/icons/IconSend.mjs'
import { useState } from 'react'
import { useMay } from '../../api/me.ts'
import { EmptyState } from '../../pieces/EmptyState.tsx'
import { Moment } from '../../pieces/Moment.tsx'
import { Part } from '../../pieces/PageHeader.tsx'
import { Dot, type Tone } from '../../pieces/StateBadge.tsx'
import { Listing } from '../../pieces/Listing.tsx'
import { deliveriesOf, type Delivery, useRedeliver } from './asked.ts'

const TONES: Readonly<Record<string, Tone>> = {
  waiting: 'wait',
  delivered: 'good',
  failed: 'bad',
  cancelled: 'over',
}

/** What the log calls an attempt that had no answer. */
const WORDS: Readonly<Record<string, string>> = {
  url_refused: 'the address is refused',
  address_denied: 'the address is of a private network',
  plain_http: 'the address is not https',
  name_unknown: 'the host’s name is unknown',
  name_timeout: 'no name server answered',
  not_reached: 'the host was not reached',
  tls: 'the certificate does not hold',
  timeout: 'no answer in time',
}

/** What was sent to a webhook, each with what came back. */
export function Deliveries({ id }: { readonly id: string }) {
  const asked = useInfiniteQuery(deliveriesOf(id))
  const may = useMay('webhooks:write')
  const redeliver = useRedeliver(id)
  return (
    <Part
      title="Deliveries"
      about="The newest first. An event is tried again until it arrives, for three days; those of one session go one after the other."
    >
      <Listing
        label="Deliveries"
        asked={asked}
        rowsOf={({ deliveries }) => deliveries}
        keyOf={(delivery) => delivery.id}
        columns={[
          {
            key: 'type',
            title: 'Event',
            leads: true,
            cell: ({ type, event }) => (
              <div>
                <Text fw={600}>{type}</Text>
                <Text size="xs" c="dimmed" ff="monospace">
                  {event}
                </Text>
              </div>
            ),
          },
          {
            key: 'state',
            title: 'State',
            cell: ({ state, attempts }) =>
              state === 'waiting' && attempts.length > 0 ? (
                <Dot tone="warn">not arrived yet</Dot>
              ) : (
                <Dot tone={TONES[state] ?? 'over'}>{state}</Dot>
              ),
          },
          { key: 'at', title: 'When', cell: ({ created_at }) => <Moment at={created_at} /> },
          {
            key: 'tries',
            title: 'Tries',
            wide: true,
            cell: (delivery) => <Tries delivery={delivery} />,
          },
          {
            key: 'again',
            title: 'Again',
            mute: true,
            wide: true,
            align: 'right',
            cell: (delivery) =>
              may &&
              delivery.state !== 'waiting' && (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  loading={redeliver.isPending && redeliver.variables.id === delivery.id}
                  onClick={() => {
                    redeliver.mutate(delivery)
                  }}
                >
                  Send again
                </Button>
              ),
          },
        ]}
        empty={
          <EmptyState icon={IconSend} title="Nothing was sent yet">
            The next event that it wants is sent at once. A test shows whether it arrives.
          </EmptyState>
        }
      />
    </Part>
  )
}

function Tries({ delivery: { attempts, next_at: next } }: { readonly delivery: Delivery }) {
  const [isOpen, setOpen] = useState(false)
  const last = attempts.at(-1)
  if (last === undefined) return <Text c="dimmed">not yet</Text>
  const count = attempts.length === 1 ? '1 try' : `${attempts.length} tries`
  return (
    <div>
      <UnstyledButton
        aria-expanded={isOpen}
        onClick={() => {
          setOpen(!isOpen)
        }}
      >
        <Text size="sm" td="underline">
          {count}, last: {cameOf(last)}
        </Text>
      </UnstyledButton>
      <Collapse expanded={isOpen}>
        <Stack gap={6} mt={6}>
          {attempts.map(({ number, at, duration_ms: took, status, error, answer }) => (
            <Group key={number} gap="xs" align="flex-start">
              <Text size="xs" c="dimmed">
                <Moment at={at} />, {took} ms
              </Text>
              <Code>
                {[String(status ?? error), answer].filter((part) => part !== '').join(' ')}
              </Code>
            </Group>
          ))}
          {next !== null && (
            <Text size="xs" c="dimmed">
              Next try <Moment at={next} />.
            </Text>
          )}
        </Stack>
      </Collapse>
    </div>
  )
}

/** What came of an attempt, in words where they are known. */
function cameOf({ status, error }: Delivery['attempts'][number]): string {
  if (status !== null) return `answered ${status}`
  return WORDS[error ?? ''] ?? error ?? 'nothing came back'
}
