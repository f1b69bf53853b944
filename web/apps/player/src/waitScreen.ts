/** The wait: for a place, for the world, for the video. It says what is known, and that alone. */
import type { DioramaSession, QueueView } from '@diorama/sdk'

import { type Facts, secondsUntil } from './facts.ts'
import { part, setText, withText } from './page.ts'
import { clockWords } from './spans.ts'
import { tellDone, tellPlace, tellTurn } from './turn.ts'
import { type Figure, riseWords, unknownWords, waitWords, type WaitWords } from './waiting.ts'

const BEAT_MS = 1_000
/** An answer that takes longer is long in coming. */
const SLOW_MS = 3_000

const steps = [...part('wait-steps', HTMLOListElement).children]
const line = part('wait-line', HTMLElement)
const rose = part('wait-rose', HTMLElement)

let known: QueueView | null = null
let shown = ''
let beating: number | null = null
let begunMs = 0

/** Nothing of an earlier wait is left. */
export function beginWait(): void {
  known = null
  begunMs = performance.now()
  rose.hidden = true
}

/** Shows what is waited for. */
export function showWait(session: DioramaSession, facts: Facts): void {
  const { state, media, view } = session
  const leftMs = SLOW_MS - (performance.now() - begunMs)
  const words = waitWords(state, media, view, facts, leftMs <= 0)
  if (state === 'requesting' && leftMs > 0) {
    setTimeout(() => {
      if (session.state === 'requesting') showWait(session, facts)
    }, leftMs)
  }
  setText('wait-title', words.title)
  setText('wait-detail', words.detail)
  steps.forEach((step, index) => {
    const is = index < words.step ? 'done' : index === words.step ? 'now' : 'next'
    step.setAttribute('data-is', is)
    if (is === 'now') step.setAttribute('aria-current', 'step')
    else step.removeAttribute('aria-current')
  })
  const queue = state === 'queued' ? (view?.queue ?? null) : null
  showLine(words, queue, state === 'queued')
  if (state === 'queued') countFrom(view?.created_at ?? null)
  tellTab(queue)
}

export function onLeaveLine(leave: () => void): void {
  part('wait-leave', HTMLButtonElement).addEventListener('click', leave)
}

function showLine(words: WaitWords, queue: QueueView | null, queued: boolean): void {
  line.hidden = !queued
  if (!queued) return
  const text = JSON.stringify([words.figures, words.advice])
  if (text !== shown) {
    shown = text
    part('wait-figures', HTMLDListElement).replaceChildren(...words.figures.map(figure))
    part('wait-advice', HTMLUListElement).replaceChildren(
      ...words.advice.map((advice) => withText('li', advice)),
    )
  }
  setText('wait-unknown', unknownWords(queue))
  const why = riseWords(known, queue)
  if (why !== null) setText('wait-why', why)
  if (why !== null) rose.hidden = false
  if (queue && known && queue.position < known.position) rose.hidden = true
}

/** Tells the tab of a place, and of the turn that follows it. */
function tellTab(queue: QueueView | null): void {
  if (queue) tellPlace(queue.position)
  else if (known) tellTurn()
  known = queue
}

/** The wait is over, one way or the other. */
export function endWait(): void {
  if (beating !== null) clearInterval(beating)
  beating = null
  if (known) tellDone()
  known = null
}

function figure([name, value]: Figure): HTMLElement {
  const made = document.createElement('div')
  made.append(withText('dt', name), withText('dd', value))
  return made
}

function countFrom(since: string | null): void {
  if (since === null) return
  const show = () => {
    setText('wait-since', clockWords(Math.max(0, -secondsUntil(since, Date.now()))))
  }
  if (beating !== null) clearInterval(beating)
  beating = window.setInterval(show, BEAT_MS)
  show()
}
