import { Checkbox, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { SecretBox } from '../../pieces/SecretBox.tsx'
import { FormModal, ModalForm, ModalMade, type Opened } from '../../pieces/ModalForm.tsx'
import { FAMILIES, useCreate } from './asked.ts'

/** Names an address that is told of events. */
export function CreateWebhook({ isOpen, onClose }: Opened) {
  return <FormModal isOpen={isOpen} onClose={onClose} title="New webhook" form={Form} />
}

function Form({ onClose }: { readonly onClose: () => void }) {
  const create = useCreate()
  const form = useForm({
    initialValues: { url: '', description: '', types: ['session.*'] },
    validate: {
      types: (types) => (types.length === 0 ? 'Choose one at least.' : null),
    },
  })
  if (create.data !== undefined)
    return <WebhookMade secret={create.data.secret} onClose={onClose} />
  return (
    <ModalForm
      onSubmit={form.onSubmit(({ url, description, types }) => {
        create.mutate({
          url,
          description,
          types: types.length === FAMILIES.length ? [] : types,
          enabled: true,
        })
      })}
      onClose={onClose}
      asked={create}
      action="Make the webhook"
    >
      <TextInput
        label="Address"
        description="https, and reachable from the gateway; addresses of private networks are refused."
        placeholder="https://shop.example/diorama"
        type="url"
        required
        data-autofocus
        {...form.getInputProps('url')}
      />
      <TextInput label="Name" maxLength={200} {...form.getInputProps('description')} />
      <Checkbox.Group label="Events" {...form.getInputProps('types')}>
        <Stack gap="xs" mt={6}>
          {FAMILIES.map(({ value, label }) => (
            <Checkbox key={value} value={value} label={label} />
          ))}
        </Stack>
      </Checkbox.Group>
    </ModalForm>
  )
}

/** A webhook's secret, this once. */
export function WebhookMade({
  secret,
  onClose,
}: {
  readonly secret: string
  readonly onClose: () => void
}) {
  return (
    <ModalMade onClose={onClose}>
      <SecretBox secret={secret} label="the signing secret">
        <Text size="sm">
          Your receiver checks each event’s signature with it, by any library of Standard Webhooks.
        </Text>
      </SecretBox>
    </ModalMade>
  )
}
