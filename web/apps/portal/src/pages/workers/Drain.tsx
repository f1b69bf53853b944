import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useDrain, type Worker } from './asked.ts'

const WITHIN = [
  { value: '0', label: 'at once' },
  { value: '60', label: 'a minute' },
  { value: '600', label: '10 minutes' },
  { value: '3600', label: 'an hour' },
  { value: '86400', label: 'a day' },
] as const

/** Asks how long the sessions of a worker may go on before it is out of service. */
export function Drain({
  worker,
  onClose,
}: {
  readonly worker: Worker | null
  readonly onClose: () => void
}) {
  return (
    <Modal
      opened={worker !== null}
      onClose={onClose}
      title={`Drain ${worker?.name ?? 'the worker'}`}
    >
      {worker !== null && <Form worker={worker} onClose={onClose} />}
    </Modal>
  )
}

function Form({ worker, onClose }: { readonly worker: Worker; readonly onClose: () => void }) {
  const drain = useDrain()
  const [within, setWithin] = useState('600')
  const { held } = worker.load
  return (
    <Stack gap="md">
      <Text size="sm">
        It takes no new sessions.{' '}
        {held === 0
          ? 'None runs on it now.'
          : `${held === 1 ? 'The one that runs' : `The ${held} that run`} may go on for a while, with a countdown for the viewer, then ${held === 1 ? 'it ends' : 'they end'} (4014).`}
      </Text>
      <Select
        label="They may go on for"
        allowDeselect={false}
        data={[...WITHIN]}
        value={within}
        onChange={(next) => {
          setWithin(next ?? '600')
        }}
      />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          color="red"
          loading={drain.isPending}
          onClick={() => {
            drain.mutate({ worker, withinS: Number(within) }, { onSuccess: onClose })
          }}
        >
          Drain the worker
        </Button>
      </Group>
    </Stack>
  )
}
