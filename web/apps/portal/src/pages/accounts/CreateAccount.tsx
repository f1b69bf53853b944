import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { SecretBox } from '../../pieces/SecretBox.tsx'
import { FormModal, ModalForm, type Opened } from '../../pieces/ModalForm.tsx'
import { plansSeen, useCreate } from './asked.ts'

/** Makes an account, and the link by which its first owner comes in. */
export function CreateAccount({ isOpen, onClose }: Opened) {
  return <FormModal isOpen={isOpen} onClose={onClose} title="New account" form={Form} />
}

function Form({ onClose }: { readonly onClose: () => void }) {
  const { data: plans } = useQuery(plansSeen)
  const create = useCreate()
  const form = useForm({ initialValues: { name: '', plan: 'free', email: '' } })
  if (create.data !== undefined) {
    const { account, link } = create.data
    return (
      <Stack gap="sm">
        {link === null ? (
          <Text size="sm">Account {account.name} was made; nobody is its owner yet.</Text>
        ) : (
          <SecretBox secret={link} label="the owner’s link">
            <Text size="sm">
              Send it to {form.values.email}: whoever opens it becomes the owner of {account.name}.
              It works once.
            </Text>
          </SecretBox>
        )}
        <Group justify="flex-end">
          <Button onClick={onClose}>Done</Button>
        </Group>
      </Stack>
    )
  }
  return (
    <ModalForm
      onSubmit={form.onSubmit(({ name, plan, email }) => {
        create.mutate({ name, plan, owner_email: email.trim() === '' ? null : email.trim() })
      })}
      onClose={onClose}
      asked={create}
      action="Make the account"
    >
      <TextInput
        label="Name"
        required
        maxLength={120}
        data-autofocus
        {...form.getInputProps('name')}
      />
      <Select
        label="Plan"
        allowDeselect={false}
        data={(plans ?? []).map(({ name }) => name)}
        {...form.getInputProps('plan')}
      />
      <TextInput
        label="Email of its first owner"
        description="You get a link to send them: Diorama itself sends no mail."
        type="email"
        {...form.getInputProps('email')}
      />
    </ModalForm>
  )
}
