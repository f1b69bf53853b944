/**
 * What will end the session, and when: one deadline of each kind, by this machine's clock. Shown is
 * the one that comes first. A deadline that is far off makes itself small. Pure.
 */
import type { Warned } from '@diorama/sdk'

/** `afk`, `runtime`, `hours` or `draining`; others may come. */
export type Kind = Warned['kind']
export type Deadlines = ReadonlyMap<string, number>

export interface Shown {
  readonly kind: string
  readonly leftS: number
  /** Far off, and said before: only the clock is shown. */
  readonly small: boolean
}

const SMALL_ABOVE_S = 60
const SAY_FOR_S = 12

/** Returns the deadlines with one more, or with one that moved. */
export function withDeadline(known: Deadlines, kind: string, untilMs: number): Deadlines {
  return new Map(known).set(kind, untilMs)
}

/** Returns the deadlines without a kind. */
export function without(known: Deadlines, kind: string): Deadlines {
  const left = new Map(known)
  left.delete(kind)
  return left
}

/** Returns what to show; null is nothing. `saidMs` is when it was last said in full, and what. */
export function shownAt(
  known: Deadlines,
  nowMs: number,
  said: { readonly kind: string; readonly sinceMs: number } | null,
): Shown | null {
  const [first] = [...known].sort(([, one], [, other]) => one - other)
  if (!first) return null
  const [kind, untilMs] = first
  const leftS = (untilMs - nowMs) / 1_000
  const isSaid = said?.kind === kind && nowMs - said.sinceMs >= SAY_FOR_S * 1_000
  return { kind, leftS, small: kind !== 'afk' && leftS > SMALL_ABOVE_S && isSaid }
}

const ANNOUNCED_S = [300, 60, 30, 10] as const

/** Returns the mark that a countdown passes on its way down, for who listens instead of looking. */
export function announcedAt(earlierS: number | null, leftS: number): number | null {
  if (earlierS === null) return Math.ceil(leftS)
  return ANNOUNCED_S.find((mark) => leftS <= mark && earlierS > mark) ?? null
}

export interface WarningWords {
  readonly title: string
  readonly detail: string
}

/** Returns what a warning says beside its clock. */
export function warningWords(kind: string): WarningWords {
  switch (kind) {
    case 'afk':
      return {
        title: 'Are you still there?',
        detail: 'Press or move anything to stay.',
      }
    case 'runtime':
      return { title: 'Your time is nearly up', detail: 'Then this session ends.' }
    case 'hours':
      return {
        title: 'The hours of this account are nearly used up',
        detail: 'Then this session ends.',
      }
    case 'draining':
      return {
        title: 'This machine goes out of service',
        detail: 'Then this session ends. You can start again on another one.',
      }
    default:
      return { title: 'This session ends soon', detail: '' }
  }
}
