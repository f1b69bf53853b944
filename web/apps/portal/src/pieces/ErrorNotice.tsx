import { Alert, Button, Group, Text } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs'
import { asProblem } from '../api/problems.ts'

/** What went wrong, in the gateway's words, and a way to try again where that may help. */
export function ErrorNotice({
  error,
  onRetry,
}: {
  readonly error: unknown
  readonly onRetry?: () => void
}) {
  const problem = asProblem(error)
  return (
    <Alert
      color="red"
      role="alert"
      icon={<IconAlertTriangle size={18} />}
      title={titleOf(problem.status)}
    >
      <Text size="sm">{sentence(problem.message)}</Text>
      <Group justify="space-between" mt={onRetry ? 'xs' : 4}>
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
        <Text size="xs" c="dimmed" ff="monospace">
          {[problem.code, problem.requestId].filter((part) => part !== null).join(' · ')}
        </Text>
      </Group>
    </Alert>
  )
}

/** Returns a detail of the API as a sentence: those begin small and have no stop. */
export function sentence(detail: string): string {
  const text = detail.trim()
  const begun = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(begun) ? begun : `${begun}.`
}

function titleOf(status: number): string {
  if (status === 0) return 'The gateway cannot be reached'
  if (status === 403) return 'This is not yours to do'
  if (status === 404) return 'There is no such thing'
  if (status === 429) return 'Too much at once'
  return status >= 500 ? 'The gateway failed at this' : 'That was refused'
}
