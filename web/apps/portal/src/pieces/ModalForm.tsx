import { Button, Group, Modal, Stack } from '@mantine/core'
import type { FunctionComponent, ReactNode, SubmitEventHandler } from 'react'
import { ErrorNotice } from './ErrorNotice.tsx'

/** What opens and closes a dialogue. */
export interface Opened {
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** A form in a dialogue, which is made anew each time that it opens. */
export function FormModal({
  isOpen,
  onClose,
  title,
  size,
  form: Form,
}: Opened & {
  readonly title: string
  readonly size?: string
  readonly form: FunctionComponent<{ readonly onClose: () => void }>
}) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} {...(size !== undefined && { size })}>
      <Form onClose={onClose} />
    </Modal>
  )
}

/** Fields, what came of sending them, and the way back. */
export function ModalForm({
  onSubmit,
  onClose,
  asked,
  action,
  children,
}: {
  readonly onSubmit: SubmitEventHandler<HTMLFormElement>
  readonly onClose: () => void
  readonly asked: { readonly error: unknown; readonly isPending: boolean }
  /** What the button says: the act itself, as `Make the key`. */
  readonly action: ReactNode
  readonly children: ReactNode
}) {
  return (
    <form onSubmit={onSubmit}>
      <Stack gap="sm">
        {children}
        {asked.error !== null && <ErrorNotice error={asked.error} />}
        <Group justify="flex-end" gap="xs" mt="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={asked.isPending}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** What was made, and the way out. */
export function ModalMade({
  onClose,
  children,
}: {
  readonly onClose: () => void
  readonly children: ReactNode
}) {
  return (
    <Stack gap="sm">
      {children}
      <Group justify="flex-end">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  )
}
