/** The last hundred things that happened to a session, for whoever asks what went wrong. */
import type { Emitted, Event } from './model.ts'

export interface Entry {
  /** ISO 8601, UTC. */
  readonly at: string
  readonly what: string
  readonly detail: string
}

const MAX_ENTRIES = 100
const MAX_DETAIL = 200

export type Timeline = readonly Entry[]

export function note(timeline: Timeline, epochMs: number, what: string, detail = ''): Timeline {
  const entry = { at: new Date(epochMs).toISOString(), what, detail: detail.slice(0, MAX_DETAIL) }
  return [...timeline.slice(1 - MAX_ENTRIES), entry]
}

/** Returns an event as two words, or null where it comes too often to be worth a line. No secrets. */
export function wordsOfEvent(event: Event): readonly [string, string] | null {
  switch (event.type) {
    case 'tick':
    case 'candidate':
      return null
    case 'opened':
      return ['request answered', event.answer.session.id]
    case 'unanswered':
      return ['request unanswered', '']
    case 'refused':
      return ['request refused', `${event.problem.status} ${event.problem.code}`]
    case 'socket_closed':
      return ['socket closed', String(event.code)]
    case 'received':
      return event.message.type === 'offer'
        ? ['offer received', `attachment ${event.message.attachment}`]
        : null
    case 'answered':
      return ['answer sent', `attachment ${event.attachment}`]
    case 'media':
      return ['media', `${event.seen}, attachment ${event.attachment}`]
    case 'leave':
      return ['left', String(event.code)]
    case 'page_left':
      return ['page left', event.mayReturn ? 'kept by the browser' : '']
    case 'start':
    case 'socket_opened':
    case 'page_returned':
    case 'page_hidden':
    case 'page_shown':
    case 'wake':
      return [event.type.replaceAll('_', ' '), '']
  }
}

/** Returns what a page was told as two words, or null where the event before says the same. */
export function wordsOfEmitted(emitted: Emitted): readonly [string, string] | null {
  switch (emitted.name) {
    case 'session':
    case 'media':
    case 'queue':
      return null
    case 'state':
      return ['state', emitted.detail]
    case 'attached':
    case 'reconnected':
      return [emitted.name, `attachment ${emitted.detail.attachment}`]
    case 'warning':
      return [
        'warning',
        `${emitted.detail.kind}, ${Math.round(emitted.detail.seconds_left)} s left`,
      ]
    case 'warning_over':
      return ['warning over', emitted.detail.kind]
    case 'reconnecting':
      return ['reconnecting', `${emitted.detail.step}, attempt ${emitted.detail.attempt}`]
    case 'restarting':
      return ['restarting', `after ${emitted.detail.end.code}, in ${emitted.detail.inMs} ms`]
    case 'error':
      return ['error', `${emitted.detail.code}: ${emitted.detail.message}`]
    case 'ended':
      return ['ended', `${emitted.detail.code} ${emitted.detail.reason}`]
  }
}
