/** What a simulation's state means, in a sentence, and what helps where it failed. Pure. */
import type { Schemas } from '../../api/client.ts'

type Simulation = Schemas['SimulationView']
type Reason = Schemas['SimulationErrorView']['reason']

const ADVICE: Readonly<Record<Reason, string>> = {
  world_failed_to_start:
    'Play the project once: if its world does not start there either, its log on the worker says why.',
  world_unknown: 'The workers of this region do not have the project’s world.',
  world_crashed: 'The same script and seed most likely end it again; the worker’s log says where.',
  worker_lost: 'It was tried on a second worker too. Submit it again once workers are back.',
  run_timed_out: 'The world stopped rendering. A shorter script shows whether it always does.',
  upload_failed: 'The worker could not hand its files over: see where artifacts are kept.',
  no_worker: 'No worker of the project’s pool and region has a slot that could take it.',
  hours_exhausted: 'The plan’s simulation hours begin anew with the month.',
  account_suspended: 'Who operates this Diorama can reinstate the account.',
  project_disabled: 'Enable the project, then submit the scripts again.',
}

/** Returns what somebody may do about a failure. */
export function adviceFor(reason: Reason): string {
  return ADVICE[reason]
}

/** Returns in one sentence how a simulation stands. */
export function sentenceOf({ state, queue, progress, error }: Simulation): string {
  const { runs, runs_done: over } = progress
  switch (state) {
    case 'pending':
      return queue === null
        ? 'It waits for a slot.'
        : `Number ${queue.position} in line: it starts when a slot is free that no viewer waits for.`
    case 'dispatched':
      return 'It has a slot; its world is starting.'
    case 'processing':
      return runs === 1
        ? 'It renders, as fast as the world can.'
        : `It renders: ${over} of ${runs} scripts are over.`
    case 'completed':
      return runs === 1 ? 'The script ran to its end.' : `All ${runs} scripts ran to their end.`
    case 'cancelled':
      return 'It was cancelled. Scripts that were done before keep their recordings.'
    case 'failed':
      return error?.message ?? 'It failed.'
  }
}

/** Returns how far something is, 0 to 1; null where that cannot be known. */
export function shareOf(frames: number, total: number | null): number | null {
  return total === null || total === 0 ? null : Math.min(1, frames / total)
}

/** Returns what to call a simulation: its name, if it was given one. */
export function nameOf({ name, id }: Pick<Simulation, 'name' | 'id'>): string {
  return name ?? `…${id.slice(-6)}`
}

/** Returns how far a simulation is, 0 to 1: by its frames, or by its scripts where those are unknown. */
export function shareOfAll({ progress, runs }: Simulation): number | null {
  const byFrames = shareOf(progress.frames, progress.frames_total)
  if (byFrames !== null || runs.length < 2) return byFrames
  const shares = runs.map(({ state, frames, frames_total: total }) =>
    state === 'completed' ? 1 : (shareOf(frames, total) ?? 0),
  )
  return shares.reduce((sum, one) => sum + one, 0) / runs.length
}
