import { Button, Group, Modal, Stack, Switch, Text } from '@mantine/core'
import { useState } from 'react'
import { type ShareLink, useRevoke } from './asked.ts'

/** Asks whether a link is to be worthless, and what becomes of who came by it. */
export function RevokeLink({
  link,
  onClose,
}: {
  readonly link: ShareLink | null
  readonly onClose: () => void
}) {
  return (
    <Modal opened={link !== null} onClose={onClose} title="Revoke the link?">
      {link !== null && <Form link={link} onClose={onClose} />}
    </Modal>
  )
}

function Form({ link, onClose }: { readonly link: ShareLink; readonly onClose: () => void }) {
  const revoke = useRevoke()
  const [ends, setEnds] = useState(false)
  const live = link.live === 1 ? '1 session' : `${link.live} sessions`
  return (
    <Stack gap="md">
      <Text size="sm">Nobody opens a session by it from now on. It cannot be brought back.</Text>
      {link.live > 0 && (
        <Switch
          label={`End the ${live} that came by it`}
          description="Left off, they go on until they end by themselves."
          checked={ends}
          onChange={(event) => {
            setEnds(event.currentTarget.checked)
          }}
        />
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          color="red"
          loading={revoke.isPending}
          onClick={() => {
            revoke.mutate({ link, ends }, { onSuccess: onClose })
          }}
        >
          Revoke the link
        </Button>
      </Group>
    </Stack>
  )
}
