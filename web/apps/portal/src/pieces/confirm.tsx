import { Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import type { ReactNode } from 'react'

/**
 * Asks before something is done that cannot be taken back; `act` runs on a yes alone.
 *
 * The focus begins at Cancel: who presses Enter once too often ends nothing.
 */
export function confirm({
  title,
  about,
  action,
  act,
  gently = false,
}: {
  readonly title: string
  readonly about: ReactNode
  /** What the button says: the act itself, as `End 3 sessions`, never `OK`. */
  readonly action: string
  readonly act: () => void
  /** Whether it can be taken back, and so is not red. */
  readonly gently?: boolean
}): void {
  modals.openConfirmModal({
    title,
    children: (
      <Text component="div" size="sm">
        {about}
      </Text>
    ),
    labels: { confirm: action, cancel: 'Cancel' },
    cancelProps: { 'data-autofocus': true },
    confirmProps: { color: gently ? 'pine' : 'red' },
    onConfirm: act,
  })
}
