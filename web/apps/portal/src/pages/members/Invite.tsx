import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMe } from '../../api/me.ts'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { SecretBox } from '../../pieces/SecretBox.tsx'
import { type Role, ROLES, useInvite } from './asked.ts'

/** Invites somebody by a link that whoever asks sends on: Diorama itself sends no mail. */
export function Invite({
  isOpen,
  onClose,
}: {
  readonly isOpen: boolean
  readonly onClose: () => void
}) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Invite somebody">
      <Form onClose={onClose} />
    </Modal>
  )
}

function Form({ onClose }: { readonly onClose: () => void }) {
  const { account } = useMe()
  const invite = useInvite()
  const form = useForm<{ readonly email: string; readonly role: Role }>({
    initialValues: { email: '', role: 'developer' },
  })
  if (invite.data !== undefined) {
    return (
      <Stack gap="sm">
        <SecretBox secret={invite.data.link} label="the invitation link">
          <Text size="sm">
            Send it to {invite.data.invitation.email}. It works once; whoever opens it becomes{' '}
            {invite.data.invitation.role} of {account.name}.
          </Text>
        </SecretBox>
        <Group justify="flex-end">
          <Button onClick={onClose}>Done</Button>
        </Group>
      </Stack>
    )
  }
  return (
    <form
      onSubmit={form.onSubmit((values) => {
        invite.mutate(values)
      })}
    >
      <Stack gap="sm">
        <TextInput
          label="Email"
          type="email"
          required
          data-autofocus
          {...form.getInputProps('email')}
        />
        <Select
          label="Role"
          allowDeselect={false}
          data={ROLES.filter(({ value }) => value !== 'owner' || account.role === 'owner').map(
            ({ value, label, about }) => ({ value, label: `${label}: ${about}` }),
          )}
          {...form.getInputProps('role')}
        />
        {invite.error && <ErrorNotice error={invite.error} />}
        <Group justify="flex-end" gap="xs" mt="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={invite.isPending}>
            Make the link
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
