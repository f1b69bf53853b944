/**
 * Whether a session that ended is followed by a new one without anybody asking. Only where the page
 * wants it, the registry allows it, and nobody has to come back first: who was away too long, or has
 * no hours left, is asked. Bounded in a row; a minute of video ends the row.
 */
import type { EndView } from '@diorama/protocol'

import { delayMs, STEPS } from './backoff.ts'
import type { ProblemDocument } from './ends.ts'
import { type Effect, type Model, type Moment, nextModel, type Step } from './model.ts'

const STEADY_MS = 60_000
const NEEDS_A_PERSON: ReadonlySet<string> = new Set(['afk_timeout', 'hours_exhausted'])
const MAX_RETRY_AFTER_S = 300

/** Returns the step with a new session in the place of its end, or the step as it is. */
export function followEnd(before: Model, step: Step, moment: Moment): Step {
  const { end, problem } = step.model
  if (!end || before.end || !mayFollow(before, end, moment.nowMs)) return step
  const attempt = inRow(before, end, moment.nowMs)
  const inMs = Math.max(delayMs(attempt, moment.chance), retryAfterMs(problem))
  const dueMs = moment.nowMs + inMs
  const model: Model = {
    ...nextModel(step.model),
    restarts: { inRow: attempt + 1, code: end.code },
    opening: { at: 'waiting', attempt: 0, sinceMs: dueMs, dueMs },
  }
  const restarting: Effect = {
    do: 'emit',
    emitted: {
      name: 'restarting',
      detail: { end: { ...end, problem }, attempt: attempt + 1, inMs },
    },
  }
  return { model, effects: [...withoutEnd(step.effects), restarting] }
}

/** Returns the step of a page that is left but may return: nothing ends, for nobody looks. */
export function away(step: Step): Step {
  return {
    model: { ...nextModel(step.model), opening: { at: 'away' } },
    effects: withoutEnd(step.effects),
  }
}

function mayFollow(model: Model, end: EndView, nowMs: number): boolean {
  if (!model.policy.autoRestart || NEEDS_A_PERSON.has(end.reason)) return false
  // `resume`: asking again finds the session if it lives after all, and opens a new one if not.
  if (end.retry !== 'new_session' && end.retry !== 'resume') return false
  return inRow(model, end, nowMs) < (end.retry_limit ?? STEPS)
}

/** Returns how many new sessions came before this end; a limit counts those after the same code. */
function inRow({ restarts, playedMs }: Model, end: EndView, nowMs: number): number {
  if (playedMs !== null && nowMs - playedMs >= STEADY_MS) return 0
  return end.retry_limit !== null && restarts.code !== end.code ? 0 : restarts.inRow
}

/** Returns how long a refusal asks to wait, within reason; 0 where it does not say. */
export function retryAfterMs(problem: ProblemDocument | null): number {
  const told = problem?.facts['retry_after_s']
  return typeof told === 'number' ? Math.min(Math.max(told, 0), MAX_RETRY_AFTER_S) * 1_000 : 0
}

function withoutEnd(effects: readonly Effect[]): Effect[] {
  return effects.filter((effect) => effect.do !== 'emit' || effect.emitted.name !== 'ended')
}
