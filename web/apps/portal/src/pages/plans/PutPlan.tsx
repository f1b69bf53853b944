import { Modal, NumberInput, SimpleGrid, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { ModalForm } from '../../pieces/ModalForm.tsx'
import { type Plan, usePutPlan } from '../accounts/asked.ts'

const MINUTE_S = 60
const HOURS = { placeholder: 'no limit', min: 0, max: 10_000_000 } as const

/** Makes a plan, or gives one other limits. */
export function PutPlan({
  shown,
  onClose,
}: {
  readonly shown: Plan | 'new' | null
  readonly onClose: () => void
}) {
  const plan = shown === 'new' ? null : shown
  return (
    <Modal
      opened={shown !== null}
      onClose={onClose}
      title={plan === null ? 'New plan' : `Plan ${plan.name}`}
    >
      {shown !== null && <Form plan={plan} onClose={onClose} />}
    </Modal>
  )
}

interface Wanted {
  readonly name: string
  readonly streams: number
  readonly minutes: number
  readonly streamHours: number | ''
  readonly simulationHours: number | ''
  readonly queued: number
}

function Form({ plan, onClose }: { readonly plan: Plan | null; readonly onClose: () => void }) {
  const put = usePutPlan()
  const form = useForm<Wanted>({
    initialValues: {
      name: plan?.name ?? '',
      streams: plan?.concurrent_streams ?? 10,
      minutes: (plan?.max_runtime_s ?? 86_400) / MINUTE_S,
      streamHours: plan?.stream_hours ?? '',
      simulationHours: plan?.simulation_hours ?? '',
      queued: plan?.queued_simulations ?? 10,
    },
  })
  return (
    <ModalForm
      onSubmit={form.onSubmit(
        ({ name, streams, minutes, streamHours, simulationHours, queued }) => {
          put.mutate(
            {
              name,
              concurrent_streams: streams,
              max_runtime_s: minutes * MINUTE_S,
              stream_hours: streamHours === '' ? null : streamHours,
              simulation_hours: simulationHours === '' ? null : simulationHours,
              queued_simulations: queued,
            },
            { onSuccess: onClose },
          )
        },
      )}
      onClose={onClose}
      asked={put}
      action={plan === null ? 'Make the plan' : 'Save the plan'}
    >
      {plan === null && (
        <TextInput
          label="Name"
          description="Small letters, digits and dashes."
          required
          maxLength={63}
          data-autofocus
          {...form.getInputProps('name')}
        />
      )}
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <NumberInput
          label="Streams at once"
          required
          min={0}
          max={1_000_000}
          allowDecimal={false}
          {...form.getInputProps('streams')}
        />
        <NumberInput
          label="Longest session"
          required
          min={1}
          max={1_440}
          suffix=" min"
          {...form.getInputProps('minutes')}
        />
        <NumberInput
          label="Stream hours a month"
          {...HOURS}
          {...form.getInputProps('streamHours')}
        />
        <NumberInput
          label="Simulation hours a month"
          {...HOURS}
          {...form.getInputProps('simulationHours')}
        />
        <NumberInput
          label="Queued simulations"
          required
          min={0}
          max={1_000_000}
          allowDecimal={false}
          {...form.getInputProps('queued')}
        />
      </SimpleGrid>
    </ModalForm>
  )
}
