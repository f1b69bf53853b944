import { Select, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMe } from '../../api/me.ts'
import { SecretBox } from '../../pieces/SecretBox.tsx'
import { FormModal, ModalForm, ModalMade, type Opened } from '../../pieces/ModalForm.tsx'
import { type Role, ROLES, useInvite } from './asked.ts'

/** Invites somebody by a link that whoever asks sends on: Diorama itself sends no mail. */
export function Invite({ isOpen, onClose }: Opened) {
  return <FormModal isOpen={isOpen} onClose={onClose} title="Invite somebody" form={Form} />
}

function Form({ onClose }: { readonly onClose: () => void }) {
  const { account } = useMe()
  const invite = useInvite()
  const form = useForm<{ readonly email: string; readonly role: Role }>({
    initialValues: { email: '', role: 'developer' },
  })
  if (invite.data !== undefined) {
    return (
      <ModalMade onClose={onClose}>
        <SecretBox secret={invite.data.link} label="the invitation link">
          <Text size="sm">
            Send it to {invite.data.invitation.email}. It works once; whoever opens it becomes{' '}
            {invite.data.invitation.role} of {account.name}.
          </Text>
        </SecretBox>
      </ModalMade>
    )
  }
  return (
    <ModalForm
      onSubmit={form.onSubmit((values) => {
        invite.mutate(values)
      })}
      onClose={onClose}
      asked={invite}
      action="Make the link"
    >
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
    </ModalForm>
  )
}
