import {
  Anchor,
  Button,
  Modal,
  NumberInput,
  Select,
  SimpleGrid,
  Text,
  TextInput,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import IconEye from '@tabler/icons-react/dist/esm/icons/IconEye.mjs'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { useMay } from '../../api/me.ts'
import { asProblem } from '../../api/problems.ts'
import type { Session } from '../../api/sessions.ts'
import { type Spectator, spectatorsOf, useInvite, useUninvite } from '../../api/spectators.ts'
import { confirm } from '../../pieces/confirm.tsx'
import { DataTable } from '../../pieces/DataTable.tsx'
import { ModalForm, ModalMade } from '../../pieces/ModalForm.tsx'
import { Moment } from '../../pieces/Moment.tsx'
import { Part } from '../../pieces/PageHeader.tsx'
import { SecretBox } from '../../pieces/SecretBox.tsx'
import { Dot, type Tone } from '../../pieces/StateBadge.tsx'

const LIVES = [
  { value: '3600', label: 'an hour' },
  { value: '86400', label: 'a day' },
  { value: '604800', label: 'a week' },
] as const
const TONES: Readonly<Record<Spectator['state'], Tone>> = {
  active: 'good',
  expired: 'warn',
  revoked: 'over',
  over: 'over',
}

/** Who may watch a session that goes on, and the way to invite somebody. */
export function Spectators({ session }: { readonly session: Session }) {
  const { data, error } = useQuery(spectatorsOf(session.id))
  const may = useMay('sessions:write')
  const [isInviting, setInviting] = useState(false)
  const close = (): void => {
    setInviting(false)
  }
  const isOff = error !== null && asProblem(error).code === 'spectators_disabled'
  if (data === undefined && !isOff) return null
  return (
    <Part
      title="Spectators"
      about={aboutOf(data)}
      actions={
        may &&
        data !== undefined &&
        data.max > 0 && (
          <Button
            variant="default"
            leftSection={<IconEye size={16} />}
            onClick={() => {
              setInviting(true)
            }}
          >
            Invite somebody to watch
          </Button>
        )
      }
    >
      {data === undefined || data.max === 0 ? (
        <Text size="sm">
          The project lets nobody watch: turn on <strong>Spectators may watch</strong> among{' '}
          <Anchor component={Link} to={`/projects/${session.project}`}>
            its rules
          </Anchor>
          .
        </Text>
      ) : (
        data.spectators.length > 0 && <List id={session.id} spectators={data.spectators} />
      )}
      <Modal opened={isInviting} onClose={close} title="Invite somebody to watch">
        <Invite id={session.id} onClose={close} />
      </Modal>
    </Part>
  )
}

function aboutOf(found: { readonly watching: number; readonly max: number } | undefined): string {
  const what = 'They see what its viewer sees, send nothing and hold no slot.'
  return found === undefined || found.max === 0
    ? what
    : `${found.watching} of at most ${found.max} watch now. ${what}`
}

function List({
  id,
  spectators,
}: {
  readonly id: string
  readonly spectators: readonly Spectator[]
}) {
  const may = useMay('sessions:write')
  const uninvite = useUninvite(id)
  return (
    <DataTable
      label="Spectators"
      rows={spectators}
      keyOf={({ id: spectator }) => spectator}
      columns={[
        {
          key: 'name',
          title: 'Who',
          leads: true,
          cell: ({ name }) => (name === '' ? 'Without a name' : name),
        },
        {
          key: 'state',
          title: 'Link',
          cell: ({ state }) => <Dot tone={TONES[state]}>{state}</Dot>,
        },
        {
          key: 'watching',
          title: 'Watch now',
          align: 'right',
          cell: ({ watching, viewers }) => `${watching} of ${viewers}`,
        },
        { key: 'until', title: 'Until', cell: ({ expires_at: at }) => <Moment at={at} /> },
        {
          key: 'acts',
          title: 'Do',
          mute: true,
          wide: true,
          align: 'right',
          cell: (spectator) =>
            may &&
            spectator.state === 'active' && (
              <Button
                size="compact-sm"
                variant="subtle"
                color="red"
                onClick={() => {
                  confirm({
                    title: 'Revoke this link?',
                    about: 'Who watches by it is put out at once.',
                    action: 'Revoke the link',
                    act: () => {
                      uninvite.mutate(spectator)
                    },
                  })
                }}
              >
                Revoke
              </Button>
            ),
        },
      ]}
      empty={null}
    />
  )
}

function Invite({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const invite = useInvite(id)
  const form = useForm({ initialValues: { name: '', life: '86400', viewers: 1 } })
  if (invite.data !== undefined) {
    return (
      <ModalMade onClose={onClose}>
        <SecretBox secret={new URL(invite.data.watch_url, location.origin).href} label="the link">
          <Text size="sm">
            Whoever opens it watches this session, until it ends. It is shown this once.
          </Text>
        </SecretBox>
      </ModalMade>
    )
  }
  return (
    <ModalForm
      onSubmit={form.onSubmit(({ name, life, viewers }) => {
        invite.mutate({ name, expires_in_s: Number(life), viewers })
      })}
      onClose={onClose}
      asked={invite}
      action="Make the link"
    >
      <TextInput
        label="Name"
        description="Whom it is for; only you see it."
        maxLength={120}
        data-autofocus
        {...form.getInputProps('name')}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <Select
          label="It can be opened for"
          allowDeselect={false}
          data={[...LIVES]}
          {...form.getInputProps('life')}
        />
        <NumberInput
          label="Watch at once"
          min={1}
          max={100}
          allowDecimal={false}
          {...form.getInputProps('viewers')}
        />
      </SimpleGrid>
    </ModalForm>
  )
}
