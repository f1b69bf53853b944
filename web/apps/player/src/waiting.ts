/** What a viewer waits for, in words, and why a place in line rose. Pure. */
import type { MediaState, QueueView, SessionState, SessionView } from '@diorama/sdk'

import type { Facts } from './facts.ts'
import { exactWords, spanWords } from './spans.ts'

/** A figure with its name: `Place` is `3 of 7`. */
export type Figure = readonly [name: string, value: string]

export interface WaitWords {
  readonly title: string
  readonly detail: string
  /** Which of the steps place, world and video is under way. */
  readonly step: 0 | 1 | 2
  /** What is known of the line; none where nobody waits in one. */
  readonly figures: readonly Figure[]
  /** What the viewer can do meanwhile. */
  readonly advice: readonly string[]
}

/** Returns what to show while there is no picture; `slow` where the answer is long in coming. */
export function waitWords(
  state: SessionState,
  media: MediaState,
  session: SessionView | null,
  facts: Facts,
  slow = false,
): WaitWords {
  if (state === 'requesting') {
    const detail = slow
      ? 'The server has not answered yet. It is asked again for a minute.'
      : 'The server decides whether one is free.'
    return simple('Asking for a place…', detail, 0)
  }
  if (state === 'queued') return queueWords(session?.queue ?? null, facts)
  const ran = typeof session?.first_frame_at === 'string'
  if (media !== 'none' || ran) {
    const detail = ran
      ? 'Your world is still there. Its picture is on the way to this page.'
      : 'The world runs. Its picture is on the way to this page.'
    return simple('Connecting video…', detail, 2)
  }
  const limit = facts.connectTimeoutS
  const detail = `You have a place, and the world is being started for you.${
    limit === null ? '' : ` If it is not there within ${exactWords(limit)}, you are told why.`
  }`
  return simple('Starting the world…', detail, 1)
}

function simple(title: string, detail: string, step: 0 | 1 | 2): WaitWords {
  return { title, detail, step, figures: [], advice: [] }
}

function queueWords(queue: QueueView | null, facts: Facts): WaitWords {
  return {
    title: placeWords(queue),
    detail: 'It starts by itself as soon as a place is free.',
    step: 0,
    figures: queue ? etaFigures(queue) : [],
    advice: [
      'Keep this tab open, in the background if you like.',
      facts.placeKeptS === null
        ? 'If your connection drops, or you reload, your place is kept for a short while.'
        : `If your connection drops, or you reload, your place is kept for ${exactWords(facts.placeKeptS)}.`,
    ],
  }
}

function placeWords(queue: QueueView | null): string {
  if (!queue) return 'Waiting in line…'
  const { position, length } = queue
  return position === 1
    ? `You are next (1 of ${length})`
    : `You are number ${position} of ${length}`
}

function etaFigures({ eta_p50_s: likely, eta_p90_s: late }: QueueView): Figure[] {
  if (typeof likely !== 'number') return [['Still to wait', 'not known yet']]
  const soon = spanWords(likely)
  const figures: Figure[] = [['Still to wait', likely < 10 ? soon : `about ${soon}`]]
  const latest = typeof late === 'number' ? spanWords(late) : soon
  if (latest !== soon) figures.push(['9 of 10 less than', latest])
  return figures
}

/** Returns why nobody can say how long it takes, or nothing where it is said. */
export function unknownWords(queue: QueueView | null): string {
  const unknown = queue !== null && typeof queue.eta_p50_s !== 'number'
  return unknown
    ? 'Too few sessions of this world have ended so far to tell how long it takes.'
    : ''
}

/**
 * Returns what to say where a place rose from one view to the next, null where it did not: a place
 * may rise, but not without a reason.
 */
export function riseWords(earlier: QueueView | null, now: QueueView | null): string | null {
  if (!earlier || !now || now.position <= earlier.position) return null
  return `From ${earlier.position} to ${now.position}: ${reasonWords(now.reason ?? null)}`
}

/** A newer gateway may know reasons that this page does not. */
function reasonWords(reason: string | null): string {
  switch (reason) {
    case null:
      return 'the line changed.'
    case 'higher_priority':
      return 'someone with a higher priority came.'
    case 'put_back':
      return 'someone whose start failed, or who was away for a moment, has their old place again.'
    default:
      return `${reason.replaceAll('_', ' ')}.`
  }
}
