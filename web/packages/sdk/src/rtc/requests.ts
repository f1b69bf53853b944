/** The two REST calls of a viewer: ask for a session, and say goodbye while the page goes. */
import type { OpenedSession, OpenSession } from '@diorama/protocol'

import type { ProblemDocument } from '../core/ends.ts'

const ANSWER_WITHIN_MS = 10_000
const MEMBERS = new Set(['type', 'title', 'status', 'code', 'detail', 'request_id'])

export type Answer =
  | { readonly type: 'opened'; readonly answer: OpenedSession }
  | { readonly type: 'refused'; readonly problem: ProblemDocument }
  | { readonly type: 'unanswered' }

/**
 * Asks for a session. `unanswered` covers lost answers and servers that are not the gateway, such as
 * a proxy's 502: ask again with the same key, and no second session can come of it.
 */
export async function postSession(
  server: string,
  body: OpenSession,
  idempotencyKey: string,
  token: string | null,
): Promise<Answer> {
  try {
    const response = await fetch(`${server}/v1/sessions`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Idempotency-Key': idempotencyKey,
        ...(token !== null && { Authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    if (response.ok) return { type: 'opened', answer: (await response.json()) as OpenedSession }
    const problem = await readProblem(response)
    return problem ? { type: 'refused', problem } : { type: 'unanswered' }
  } catch {
    return { type: 'unanswered' } // no network, no answer in time, or no JSON
  }
}

async function readProblem(response: Response): Promise<ProblemDocument | null> {
  if (!response.headers.get('Content-Type')?.startsWith('application/problem+json')) {
    return response.status < 500 ? unexplained(response.status) : null
  }
  const document = (await response.json()) as Record<string, unknown>
  const { code, detail } = document
  return {
    status: response.status,
    code: typeof code === 'string' ? code : 'refused',
    detail: typeof detail === 'string' ? detail : `The server refused with ${response.status}.`,
    facts: {
      ...Object.fromEntries(Object.entries(document).filter(([key]) => !MEMBERS.has(key))),
      ...retryAfter(response),
    },
  }
}

/** Returns when the server says to ask again, where it does. */
function retryAfter(response: Response): { retry_after_s?: number } {
  const seconds = Number(response.headers.get('Retry-After') ?? NaN)
  return Number.isFinite(seconds) ? { retry_after_s: seconds } : {}
}

/** Returns what a refusal means that no gateway explained: a wrong `server`, or a proxy between. */
function unexplained(status: number): ProblemDocument {
  const detail = `What answered with ${status} said nothing else: is \`server\` the address of a gateway?`
  return { status, code: 'refused', detail, facts: {} }
}

/**
 * Says goodbye in a request that outlives the page. What becomes of it nobody can wait for: so it is
 * one that browsers send another origin without asking it first.
 */
export function postBye(server: string, session: string, token: string, code: 1000 | 1001): void {
  fetch(`${server}/v1/sessions/${encodeURIComponent(session)}/bye`, {
    method: 'POST',
    keepalive: true,
    headers: { 'Content-Type': 'text/plain' },
    body: JSON.stringify({ code, token }),
  }).catch(() => {
    // the gateway finds out by the missing heartbeat
  })
}
