import { Checkbox, Input, Select, SimpleGrid, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMay, useMe } from '../../api/me.ts'
import { SecretBox } from '../../pieces/SecretBox.tsx'
import { FormModal, ModalForm, ModalMade, type Opened } from '../../pieces/ModalForm.tsx'
import { useCreate } from './asked.ts'
import { PRESETS, wordsOf } from './scopes.ts'

const DAY_S = 86_400
const LIVES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'a year' },
  { value: '', label: 'until it is revoked' },
] as const

/** Makes a key, with no more than it needs. */
export function CreateKey({ isOpen, onClose }: Opened) {
  return <FormModal isOpen={isOpen} onClose={onClose} title="New key" size="lg" form={Form} />
}

interface Wanted {
  readonly name: string
  readonly kind: 'api' | 'worker'
  readonly preset: string
  readonly scopes: string[]
  readonly life: string
  readonly worker: string
}

function Form({ onClose }: { readonly onClose: () => void }) {
  const { permissions } = useMe()
  const operates = useMay('operate')
  const create = useCreate()
  const form = useForm<Wanted>({
    initialValues: {
      name: '',
      kind: 'api',
      preset: 'backend',
      scopes: [],
      life: '90',
      worker: '',
    },
    validate: {
      scopes: (chosen, { kind, preset }) =>
        kind === 'api' && preset === 'chosen' && chosen.length === 0
          ? 'Choose one at least.'
          : null,
    },
  })
  const { kind, preset } = form.values
  if (create.data !== undefined) return <Made data={create.data} onClose={onClose} />
  return (
    <ModalForm
      onSubmit={form.onSubmit(({ name, life, worker, scopes }) => {
        const wanted =
          preset === 'chosen' ? scopes : (PRESETS.find((one) => one.value === preset)?.scopes ?? [])
        create.mutate({
          name,
          kind,
          expires_in_s: life === '' ? null : Number(life) * DAY_S,
          ...(kind === 'api'
            ? { scopes: wanted.filter((one) => permissions.includes(one)) }
            : { worker: worker.trim() === '' ? null : worker.trim() }),
        })
      })}
      onClose={onClose}
      asked={create}
      action="Make the key"
    >
      <TextInput
        label="Name"
        description="What it is for, such as web shop backend."
        required
        maxLength={120}
        data-autofocus
        {...form.getInputProps('name')}
      />
      {operates && (
        <Select
          label="Kind"
          allowDeselect={false}
          data={[
            { value: 'api', label: 'API key: for servers and scripts' },
            { value: 'worker', label: 'Worker key: lets a GPU host offer slots' },
          ]}
          {...form.getInputProps('kind')}
        />
      )}
      {kind === 'api' ? (
        <Select
          label="It may"
          allowDeselect={false}
          data={PRESETS.map(({ value, label }) => ({ value, label }))}
          {...form.getInputProps('preset')}
        />
      ) : (
        <TextInput
          label="Worker"
          description="The only worker that may register with it. Left empty, any may."
          maxLength={63}
          {...form.getInputProps('worker')}
        />
      )}
      {kind === 'api' && preset === 'chosen' && (
        <Checkbox.Group aria-label="Scopes" {...form.getInputProps('scopes')}>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" mt={4}>
            {permissions.map((one) => (
              <Checkbox key={one} value={one} label={wordsOf(one)} />
            ))}
          </SimpleGrid>
        </Checkbox.Group>
      )}
      {kind === 'api' && preset !== 'chosen' && (
        <Input.Description>
          {(PRESETS.find((one) => one.value === preset)?.scopes ?? [])
            .map((one) => wordsOf(one))
            .join('; ')}
          .
        </Input.Description>
      )}
      <Select
        label="It works"
        allowDeselect={false}
        data={[...LIVES]}
        {...form.getInputProps('life')}
      />
    </ModalForm>
  )
}

/** A key's secret, this once. */
export function Made({
  data,
  onClose,
}: {
  readonly data: { readonly secret: string; readonly key: { readonly kind: string } }
  readonly onClose: () => void
}) {
  return (
    <ModalMade onClose={onClose}>
      <SecretBox secret={data.secret} label="the key">
        <Text size="sm">
          {data.key.kind === 'worker'
            ? 'Put it into a file that the worker reads: DIORAMA_WORKER_CREDENTIAL_FILE.'
            : 'It goes into the header Authorization: Bearer …, from a server, never from a page.'}
        </Text>
      </SecretBox>
    </ModalMade>
  )
}
