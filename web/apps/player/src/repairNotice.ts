/**
 * What is said while a connection is repaired. A picture that lives is never covered: then it is one
 * line over its edge. One that stands stays, a little darker, under what is being done about it.
 */
import type { Reconnecting } from '@diorama/sdk'

import { part, setText } from './page.ts'
import { liveWords, lostWords, unseenWords } from './repair.ts'

const BEAT_MS = 500

const live = part('repair', HTMLElement)
const lost = part('lost', HTMLElement)

let now: Reconnecting | null = null
let lostMs: number | null = null
let windowS: number | null = null
let beating: number | null = null

/** How long the world is kept for who is lost; null is not known. */
export function setResumeWindow(seconds: number | null): void {
  windowS = seconds
}

/** Shows the repair under way, or that there is none; `seen` is whether a picture stands. */
export function showRepair(reconnecting: Reconnecting | null, seen: boolean): void {
  now = reconnecting
  const isLost = now !== null && !now.live && seen
  lostMs = isLost ? (lostMs ?? performance.now()) : null
  live.hidden = now === null || isLost
  lost.hidden = !isLost
  document.body.toggleAttribute('data-lost', isLost)
  if (beating !== null) clearInterval(beating)
  beating = isLost ? window.setInterval(show, BEAT_MS) : null
  show()
}

export function onLeaveLost(leave: () => void): void {
  part('lost-leave', HTMLButtonElement).addEventListener('click', leave)
}

function show(): void {
  if (!now) return
  if (lostMs === null) {
    setText('repair-text', now.live ? liveWords(now) : unseenWords(now))
    return
  }
  const goneS = (performance.now() - lostMs) / 1_000
  const words = lostWords(now, windowS === null ? null : windowS - goneS, navigator.onLine)
  setText('lost-title', words.title)
  setText('lost-step', words.step)
  setText('lost-kept', words.kept)
}
