/** Short words at the edge of the page about what was done, or could not be. */
import { notifications } from '@mantine/notifications'
import { asProblem } from '../api/problems.ts'
import { sentence } from './ErrorNotice.tsx'

/** Says that something was done. */
export function done(message: string): void {
  notifications.show({ message, color: 'pine' })
}

/** Says why something was not done; `what` as `The key was not made`. */
export function failed(what: string, error: unknown): void {
  notifications.show({
    title: what,
    message: sentence(asProblem(error).message),
    color: 'red',
    autoClose: 10_000,
    role: 'alert',
  })
}
