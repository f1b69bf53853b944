import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { type Key, useRotate } from './asked.ts'
import { Made } from './CreateKey.tsx'

const OVERLAPS = [
  { value: '0', label: 'not at all' },
  { value: '3600', label: 'an hour' },
  { value: '86400', label: 'a day' },
  { value: '604800', label: 'a week' },
] as const

/** Makes another secret for a key; the old one goes on for as long as it takes to put it in place. */
export function RotateKey({
  shown,
  onClose,
}: {
  readonly shown: Key | null
  readonly onClose: () => void
}) {
  return (
    <Modal opened={shown !== null} onClose={onClose} title={`Rotate ${shown?.name ?? 'the key'}`}>
      {shown !== null && <Form shown={shown} onClose={onClose} />}
    </Modal>
  )
}

function Form({ shown, onClose }: { readonly shown: Key; readonly onClose: () => void }) {
  const rotate = useRotate()
  const [overlap, setOverlap] = useState<string>('86400')
  if (rotate.data !== undefined) return <Made data={rotate.data} onClose={onClose} />
  return (
    <Stack gap="sm">
      <Text size="sm">
        A new secret is made, with the same scopes. Put it in place of the old one.
      </Text>
      <Select
        label="The old secret goes on for"
        allowDeselect={false}
        data={[...OVERLAPS]}
        value={overlap}
        onChange={(next) => {
          setOverlap(next ?? '0')
        }}
      />
      {rotate.error && <ErrorNotice error={rotate.error} />}
      <Group justify="flex-end" gap="xs" mt="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          loading={rotate.isPending}
          onClick={() => {
            rotate.mutate({ id: shown.id, overlapS: Number(overlap) })
          }}
        >
          Make the new secret
        </Button>
      </Group>
    </Stack>
  )
}
