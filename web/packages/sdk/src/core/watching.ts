/** What comes next for somebody who watches: decided from what the gateway said, and nothing else. */

import { NO_WEBRTC } from './browser.ts'

/** Why nobody watches here any more; a code of the gateway's, such as `session_ended`. */
export interface WatchEnded {
  readonly reason: string
  /** A sentence for a person. */
  readonly message: string
}

/** What became of an offer, or of a watch that was asked after. */
export type Heard =
  | { readonly type: 'refused'; readonly status: number; readonly code: string }
  | { readonly type: 'gone'; readonly reason: string }
  | { readonly type: 'unanswered' }

export type Next =
  { readonly type: 'again' } | { readonly type: 'over'; readonly ended: WatchEnded }

/** Refusals that time may take away: the world starts, the worker or a gateway comes back. */
const PASSES: ReadonlySet<string> = new Set(['session_not_live', 'worker_silent', 'rate_limited'])
/** Ends that no one wished for. */
const MISHAPS: ReadonlySet<string> = new Set(['lost', 'not_connected', 'not_answered', 'refused'])
const SENTENCES: Readonly<Record<string, string>> = {
  session_ended: 'There is nothing more to see.',
  spectators_disabled: 'This session is not to be watched.',
  spectator_revoked: 'This link was taken back.',
  revoked: 'This link was taken back.',
  spectator_expired: 'This link has expired.',
  replaced: 'This link is being watched elsewhere.',
  spectator_limit: 'As many watch this session as may. Try again later.',
  spectator_lost: 'The connection was lost and did not come back.',
  token_refused: 'This link opens nothing.',
  credential_missing: 'This link opens nothing.',
  left: 'You watch no more.',
  webrtc_missing: NO_WEBRTC,
}

/** Returns what to do, after so many attempts in a row that showed nothing. */
export function nextStep(heard: Heard, attempts: number, most: number): Next {
  if (heard.type === 'refused' && !PASSES.has(heard.code) && heard.status < 500) {
    return over(heard.code)
  }
  if (heard.type === 'gone' && !MISHAPS.has(heard.reason)) return over(heard.reason)
  if (attempts >= most) return over('spectator_lost')
  return { type: 'again' }
}

/** Returns an end with its sentence. */
export function endedBy(reason: string): WatchEnded {
  return { reason, message: SENTENCES[reason] ?? 'This session cannot be watched now.' }
}

function over(reason: string): Next {
  return { type: 'over', ended: endedBy(reason) }
}
