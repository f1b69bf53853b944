import { Alert, Button, Group, Text } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs'
import { asProblem, type Problem } from '../api/problems.ts'

/** What went wrong, in the gateway's words, and a way to try again where that may help. */
export function ErrorNotice({
  error,
  onRetry,
}: {
  readonly error: unknown
  readonly onRetry?: () => void
}) {
  const problem = asProblem(error)
  const retry = mayPass(problem.status) ? onRetry : undefined
  return (
    <Alert color="red" role="alert" icon={<IconAlertTriangle size={18} />} title={titleOf(problem)}>
      <Text size="sm">{sentence(problem.message)}</Text>
      <Group justify="space-between" mt={retry ? 'xs' : 4}>
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
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

/** Whether asking again may bring another answer. */
export function mayPass(status: number): boolean {
  return status === 0 || status === 408 || status === 409 || status === 429 || status >= 500
}

function titleOf({ status, code }: Problem): string {
  if (code === 'page_failed') return 'The page failed'
  if (status === 0) return 'The gateway cannot be reached'
  if (status === 403) return 'That is not allowed'
  if (status === 404) return 'There is no such thing'
  if (status === 429) return 'Too much at once'
  return status >= 500 ? 'The gateway failed at this' : 'That was refused'
}
