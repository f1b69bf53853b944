import { Button } from '@mantine/core'
import IconFilterOff from '@tabler/icons-react/dist/esm/icons/IconFilterOff.mjs'
import { EmptyState } from './EmptyState.tsx'

/** Where filters leave nothing of a list. */
export function NothingFits({
  what,
  onClear,
}: {
  /** One of what is listed: `session`. */
  readonly what: string
  readonly onClear: () => void
}) {
  return (
    <EmptyState
      icon={IconFilterOff}
      title={`No ${what} fits`}
      actions={
        <Button variant="default" onClick={onClear}>
          Clear the filters
        </Button>
      }
    >
      There may be some with fewer filters.
    </EmptyState>
  )
}
