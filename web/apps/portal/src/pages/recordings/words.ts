/** What recordings are called, and how large they are. Pure. */
import type { Schemas } from '../../api/client.ts'

type Recording = Schemas['RecordingView']

export const US_PER_S = 1_000_000
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const
const STEP = 1_024

/** Returns what to call a recording: its project, and what was recorded of it. */
export function nameOf({ project, source, end_user: user }: Recording): string {
  if (source.kind === 'session')
    return user === null ? `Session in ${project}` : `${user} in ${project}`
  return source.script === null
    ? `Simulation of ${project}`
    : `Simulation of ${project}, script ${source.script + 1}`
}

/** Returns a number of bytes as a person reads it: `4.2 MiB`. */
export function bytesText(bytes: number): string {
  let [left, unit] = [bytes, 0]
  while (left >= STEP && unit < UNITS.length - 1) {
    left /= STEP
    unit += 1
  }
  return `${left.toFixed(unit === 0 || left >= 100 ? 0 : 1)} ${UNITS[unit] ?? ''}`
}

const WHY: Readonly<Record<string, string>> = {
  upload_failed: 'The worker could not hand its files over.',
  worker_lost: 'Its worker was lost before the files were there.',
  never_completed: 'Its files never came.',
  expired: 'Its files never came.',
}

/** Returns why a recording failed, in a sentence where it is known. */
export function whyFailed(error: string): string {
  return WHY[error] ?? `It failed: ${error.replaceAll('_', ' ')}.`
}
