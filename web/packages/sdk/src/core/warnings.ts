/**
 * What a viewer was warned of, each with its deadline, until it is taken back: by input, or by a
 * later end of the runtime. The gateway warns again whoever comes back, so a reload loses none.
 */
import type { SessionView, Warned } from '@diorama/protocol'

import type { Effect, Model, Moment, Pending, Step, Warning } from './model.ts'

/** Beyond it the gateway warns again by itself. */
const RUNTIME_WARNING_MS = 300_000

/** Returns the step for a warning; a later one of its kind takes the place of the earlier. */
export function takeWarning(model: Model, { kind, seconds_left }: Warned, moment: Moment): Step {
  const leftMs = seconds_left * 1_000
  const pending = {
    kind,
    untilMs: moment.nowMs + leftMs,
    endsAtMs: Math.round(moment.epochMs + leftMs),
  }
  return {
    model: { ...model, warned: [...others(model, kind), pending] },
    effects: [warningTold(pending, moment)],
  }
}

/** Returns what a newer view of the session makes of its warnings. */
export function settleWarnings(model: Model, before: SessionView | null, moment: Moment): Step {
  const { session } = model
  if (!session || model.warned.length === 0) return { model, effects: [] }
  const kept: Pending[] = []
  const effects: Effect[] = []
  for (const pending of model.warned) {
    const now = settled(pending, before, session, moment.nowMs)
    if (now) kept.push(now)
    if (!now) effects.push(overTold(pending.kind))
    else if (now !== pending) effects.push(warningTold(now, moment))
  }
  return { model: { ...model, warned: kept }, effects }
}

function settled(
  pending: Pending,
  before: SessionView | null,
  session: SessionView,
  nowMs: number,
): Pending | null {
  if (pending.kind === 'afk') return session.state === 'idle' ? pending : null
  if (pending.kind === 'hours') return session.hours_end_at ? pending : null
  const moved = pending.kind === 'runtime' ? movedMs(before, session) : 0
  if (moved === 0) return pending
  const untilMs = pending.untilMs + moved
  const endsAtMs = pending.endsAtMs + moved
  return untilMs - nowMs > RUNTIME_WARNING_MS ? null : { ...pending, untilMs, endsAtMs }
}

function movedMs(before: SessionView | null, session: SessionView): number {
  const [was, is] = [before?.runs_until, session.runs_until].map((at) => Date.parse(at ?? ''))
  const moved = (is ?? NaN) - (was ?? NaN)
  return Number.isFinite(moved) ? moved : 0
}

/** Returns the warnings that hold, the one that ends first in front. */
export function warningsOf(model: Model, nowMs: number): Warning[] {
  return model.warned
    .filter(({ untilMs }) => untilMs > nowMs)
    .sort((one, other) => one.untilMs - other.untilMs)
    .map((pending) => warning(pending, nowMs))
}

function others({ warned }: Model, kind: Warned['kind']): Pending[] {
  return warned.filter((pending) => pending.kind !== kind)
}

function warning({ kind, untilMs, endsAtMs }: Pending, nowMs: number): Warning {
  return { type: 'warning', kind, seconds_left: Math.max(untilMs - nowMs, 0) / 1_000, endsAtMs }
}

function warningTold(pending: Pending, { nowMs }: Moment): Effect {
  return { do: 'emit', emitted: { name: 'warning', detail: warning(pending, nowMs) } }
}

function overTold(kind: Warned['kind']): Effect {
  return { do: 'emit', emitted: { name: 'warning_over', detail: { kind } } }
}
