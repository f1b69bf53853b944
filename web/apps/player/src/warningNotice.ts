/**
 * The countdown to an end that is coming: seen as a clock that ticks each second, heard by a screen
 * reader when it begins and at a few marks, never each second.
 */
import type { Warned } from '@diorama/sdk'

import {
  announcedAt,
  type Deadlines,
  type Shown,
  shownAt,
  warningWords,
  withDeadline,
  without,
} from './deadlines.ts'
import { part, setText } from './page.ts'
import { clockWords, exactWords } from './spans.ts'

const BEAT_MS = 250

const notice = part('warning', HTMLElement)
const ring = part('warning-ring', HTMLElement)

let deadlines: Deadlines = new Map()
let said: { readonly kind: string; readonly sinceMs: number } | null = null
let wholeS = 0
let heardS: number | null = null
let beating: number | null = null

/** Shows a warning, or one told anew; of several, the one whose end comes first. */
export function warn({ kind, seconds_left }: Pick<Warned, 'kind' | 'seconds_left'>): void {
  set(withDeadline(deadlines, kind, performance.now() + seconds_left * 1_000))
}

/** Takes a warning back; without a kind, all. */
export function unwarn(kind?: string): void {
  set(kind === undefined ? new Map() : without(deadlines, kind))
}

/** Calls back when the viewer says to be there. */
export function onStay(stay: () => void): void {
  part('warning-stay', HTMLButtonElement).addEventListener('click', stay)
}

function set(changed: Deadlines): void {
  deadlines = changed
  beat()
  if (deadlines.size === 0 && beating !== null) {
    clearInterval(beating)
    beating = null
  } else if (deadlines.size > 0) beating ??= window.setInterval(beat, BEAT_MS)
}

function beat(): void {
  const nowMs = performance.now()
  const first = shownAt(deadlines, nowMs, said)
  notice.hidden = first === null
  if (!first) {
    said = null
    return
  }
  if (said?.kind !== first.kind) begin(first, nowMs)
  show(first)
}

function begin({ kind, leftS }: Shown, nowMs: number): void {
  said = { kind, sinceMs: nowMs }
  ;[wholeS, heardS] = [leftS, null]
  const words = warningWords(kind)
  setText('warning-title', words.title)
  setText('warning-detail', words.detail)
  notice.dataset['kind'] = kind
  part('warning-stay', HTMLButtonElement).hidden = kind !== 'afk'
}

function show({ kind, leftS, small }: Shown): void {
  notice.toggleAttribute('data-small', small)
  notice.toggleAttribute('data-soon', leftS <= 10)
  setText('warning-left', clockWords(leftS))
  wholeS = Math.max(wholeS, leftS)
  ring.style.setProperty('--left', String(Math.max(0, leftS / wholeS)))
  const mark = announcedAt(heardS, leftS)
  heardS = leftS
  if (mark !== null) setText('announce', `${warningWords(kind).title} ${exactWords(mark)} left.`)
}
