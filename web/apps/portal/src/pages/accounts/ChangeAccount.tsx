import { Modal, NumberInput, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { type Account, plansSeen, useChange } from './asked.ts'
import { ModalForm } from '../../pieces/ModalForm.tsx'

/** Gives an account another name, plan, or a limit of its own. */
export function ChangeAccount({
  account,
  onClose,
}: {
  readonly account: Account | null
  readonly onClose: () => void
}) {
  return (
    <Modal opened={account !== null} onClose={onClose} title={account?.name ?? 'Account'}>
      {account !== null && <Form account={account} onClose={onClose} />}
    </Modal>
  )
}

interface Wanted {
  readonly name: string
  readonly plan: string
  readonly streams: number | ''
}

function Form({ account, onClose }: { readonly account: Account; readonly onClose: () => void }) {
  const { data: plans } = useQuery(plansSeen)
  const change = useChange()
  const form = useForm<Wanted>({
    initialValues: {
      name: account.name,
      plan: account.plan,
      streams: account.own_streams ? account.concurrent_streams : '',
    },
  })
  const planned = plans?.find(({ name }) => name === form.values.plan)?.concurrent_streams
  return (
    <ModalForm
      onSubmit={form.onSubmit(({ name, plan, streams }) => {
        change.mutate(
          { id: account.id, name, plan, concurrent_streams: streams === '' ? null : streams },
          { onSuccess: onClose },
        )
      })}
      onClose={onClose}
      asked={{ error: null, isPending: change.isPending }}
      action="Save"
    >
      <TextInput label="Name" required maxLength={120} {...form.getInputProps('name')} />
      <Select
        label="Plan"
        allowDeselect={false}
        data={(plans ?? []).map(({ name }) => name)}
        {...form.getInputProps('plan')}
      />
      <NumberInput
        label="Streams at once"
        description="Apart from the plan. Lowering it ends nobody; nothing new opens until there is room."
        placeholder={planned === undefined ? 'as the plan says' : `as the plan says: ${planned}`}
        min={0}
        max={1_000_000}
        allowDecimal={false}
        {...form.getInputProps('streams')}
      />
    </ModalForm>
  )
}
