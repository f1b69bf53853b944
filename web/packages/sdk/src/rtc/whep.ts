/** The requests of somebody who watches: an offer for an answer, how the watch fares, and its end. */

import { iceServersIn } from '../core/links.ts'
import type { Heard } from '../core/watching.ts'

const ANSWER_WITHIN_MS = 15_000

export interface Answered {
  readonly type: 'answered'
  readonly sdp: string
  /** Where the watch is ended. */
  readonly resource: string
}

export interface Fares {
  readonly type: 'fares'
  readonly watching: boolean
  readonly reason: string | null
  readonly spectators: number
  readonly title: string
  /** For who is about to watch. */
  readonly iceServers: readonly RTCIceServer[]
}

/** Posts an offer (WHEP). */
export async function postOffer(
  url: string,
  token: string,
  sdp: string,
): Promise<Answered | Heard> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/sdp', Authorization: `Bearer ${token}` },
      body: sdp,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    if (!response.ok) return await refusalOf(response)
    const resource = new URL(response.headers.get('Location') ?? '', response.url).href
    return { type: 'answered', sdp: await response.text(), resource }
  } catch {
    return { type: 'unanswered' } // no network, or no answer in time
  }
}

/** Asks how a watch fares; without one, how the session does. */
export async function lookAt(
  url: string,
  token: string,
  resource: string | null,
): Promise<Fares | Heard> {
  const where = new URL(url, document.baseURI)
  where.pathname = where.pathname.replace(/\/whep\/([^/]+)$/, '/watch/$1')
  const watch = resource === null ? null : resource.slice(resource.lastIndexOf('/') + 1)
  if (watch !== null) where.searchParams.set('watch', watch)
  try {
    const response = await fetch(where, {
      headers: { Authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    if (!response.ok) return await refusalOf(response)
    const seen = (await response.json()) as Partial<Fares> & { project?: string }
    return {
      type: 'fares',
      watching: seen.watching === true,
      reason: seen.reason ?? null,
      spectators: seen.spectators ?? 0,
      iceServers: iceServersIn(response.headers.get('Link') ?? ''),
      title: seen.title === undefined || seen.title === '' ? (seen.project ?? '') : seen.title,
    }
  } catch {
    return { type: 'unanswered' }
  }
}

/** Ends a watch in a request that outlives the page. */
export function deleteWatch(resource: string, token: string): void {
  fetch(resource, {
    method: 'DELETE',
    keepalive: true,
    headers: { Authorization: `Bearer ${token}` },
  }).catch(() => {
    // the worker finds out by itself
  })
}

async function refusalOf(response: Response): Promise<Heard> {
  const body = (await response.json().catch(() => ({}))) as { code?: unknown }
  const code = typeof body.code === 'string' ? body.code : 'refused'
  return { type: 'refused', status: response.status, code }
}
