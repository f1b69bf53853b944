/** Which end a close code or a refused request means, in the registry's words. */
import { END_CODES, type EndCode, type EndCodeEntry, type EndView } from '@diorama/protocol'

import { hasWebRtc, NO_WEBRTC } from './browser.ts'

/** A problem document (RFC 9457) as the gateway sends it; other members are facts. */
export interface ProblemDocument {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly facts: Readonly<Record<string, unknown>>
}

const FIRST_OWN_CODE = 4000
/** The status of what the page itself refuses: nobody was asked, and asking again changes nothing. */
const OWN = 0

function isEndCode(code: number): code is EndCode {
  return code in END_CODES
}

/** Returns the end that a WebSocket's close code means, or null where the socket was just lost. */
export function endOfClose(code: number, sentence: string | null): EndView | null {
  if (code < FIRST_OWN_CODE || !isEndCode(code)) return null
  return endOf(code, null, sentence)
}

/** Returns an end with the registry's own words; its usual reason unless `reason` is given. */
export function endOf(code: EndCode, reason: string | null, sentence: string | null): EndView {
  const entry: EndCodeEntry = END_CODES[code]
  return {
    code: entry.code,
    name: entry.name,
    reason: reason ?? entry.reasons[0] ?? '',
    doing: entry.doing,
    retry: entry.retry,
    retry_limit: entry.retryLimit,
    message: sentence ?? entry.viewer,
  }
}

/** Returns the end that a refused POST /v1/sessions means. */
export function endOfProblem(problem: ProblemDocument): EndView {
  const { code, reason } = codeOfProblem(problem)
  if (problem.status !== OWN) return endOf(code, reason, null)
  const end = endOf(code, reason, problem.detail)
  return { ...end, doing: 'viewer', retry: 'never', retry_limit: null }
}

/** Returns why this browser cannot show any world, or null where it can. */
export function problemOfBrowser(): ProblemDocument | null {
  if (hasWebRtc()) return null
  return { status: OWN, code: 'webrtc_missing', detail: NO_WEBRTC, facts: { end_code: 4005 } }
}

function codeOfProblem({ status, code, facts }: ProblemDocument): {
  code: EndCode
  reason: string | null
} {
  const told = facts['end_code']
  if (typeof told === 'number' && isEndCode(told)) return { code: told, reason: code }
  const named = Object.values(END_CODES).find((entry: EndCodeEntry) => entry.reasons.includes(code))
  if (named) return { code: named.code, reason: code }
  return { code: codeOfStatus(status), reason: code }
}

function codeOfStatus(status: number): EndCode {
  switch (status) {
    case 401:
    case 403:
      return 4013
    case 404:
      return 4002
    case 429:
      return 4010
    case 503:
      return 4001
    default:
      return 4007
  }
}

/** Returns which final state an end means. */
export function finalState(code: number): 'disconnected' | 'failed' {
  return isEndCode(code) ? END_CODES[code].ends : 'failed'
}
