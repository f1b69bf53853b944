/** What is said over a running picture: warnings with their countdown, repair, short hints. */
import type { Reconnecting, Warned } from '@diorama/sdk'

import { part } from './page.ts'
import { clockWords, repairWords, warningWords } from './words.ts'

const HINT_MS = 4_000
const BEAT_MS = 250

const warning = part('warning', HTMLElement)
const repair = part('repair', HTMLElement)
const hint = part('hint', HTMLElement)

let shown: { readonly kind: Warned['kind']; readonly untilMs: number } | null = null
let counting: number | null = null
let hinting: number | null = null

/** Shows a warning; of two, the one that ends first. */
export function warn({ kind, seconds_left }: Warned): void {
  const untilMs = performance.now() + seconds_left * 1_000
  if (shown && shown.kind !== kind && shown.untilMs < untilMs) return
  shown = { kind, untilMs }
  part('warning-text', HTMLElement).textContent = warningWords(kind)
  part('warning-stay', HTMLButtonElement).hidden = kind !== 'afk'
  warning.hidden = false
  count()
  counting ??= window.setInterval(count, BEAT_MS)
}

/** Takes a warning back; without a kind, whichever is shown. */
export function unwarn(kind?: Warned['kind']): void {
  if (!shown || (kind !== undefined && shown.kind !== kind)) return
  shown = null
  warning.hidden = true
  if (counting !== null) clearInterval(counting)
  counting = null
}

function count(): void {
  if (!shown) return
  const leftS = (shown.untilMs - performance.now()) / 1_000
  const text = clockWords(leftS)
  const left = part('warning-left', HTMLElement)
  if (left.textContent !== text) left.textContent = text
}

/** Calls back when the viewer says to be there. */
export function onStay(stay: () => void): void {
  part('warning-stay', HTMLButtonElement).addEventListener('click', stay)
}

/** Shows the repair under way, or that there is none. */
export function showRepair(reconnecting: Reconnecting | null): void {
  repair.hidden = reconnecting === null
  if (reconnecting) part('repair-text', HTMLElement).textContent = repairWords(reconnecting)
}

/** Shows a few words for a moment. */
export function say(text: string): void {
  hint.textContent = text
  hint.hidden = false
  if (hinting !== null) clearTimeout(hinting)
  hinting = window.setTimeout(() => {
    hint.hidden = true
  }, HINT_MS)
}

/** Takes everything back. */
export function clearNotices(): void {
  unwarn()
  showRepair(null)
  hint.hidden = true
}
