/** What a request can come to other than its answer: a problem document, or no answer at all. */

/** A refusal of the gateway (RFC 9457), or `unreachable` where none answered. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  /** What stands beside the usual members: facts that a page may act on. */
  readonly facts: Readonly<Record<string, unknown>>
  readonly requestId: string | null

  constructor(
    status: number,
    code: string,
    detail: string,
    facts: Readonly<Record<string, unknown>> = {},
    requestId: string | null = null,
  ) {
    super(detail)
    this.name = 'Problem'
    this.status = status
    this.code = code
    this.facts = facts
    this.requestId = requestId
  }
}

const USUAL = new Set(['type', 'title', 'status', 'code', 'detail', 'instance'])
/** As an answer that failed: what went wrong went wrong here. */
const PAGE_FAILED = 500
const UNREACHABLE = 'No gateway answers. It may be restarting: this page asks again.'

/** Returns the problem that an answer's body means; what is no problem document is one all the same. */
export function problemOf(status: number, body: unknown, requestId: string | null): Problem {
  const found = isRecord(body) ? body : {}
  const code = typeof found['code'] === 'string' ? found['code'] : `http_${status}`
  const detail = typeof found['detail'] === 'string' ? found['detail'] : `The answer was ${status}.`
  const facts = Object.fromEntries(Object.entries(found).filter(([name]) => !USUAL.has(name)))
  return new Problem(status, code, detail, facts, requestId)
}

/** Returns an error as a problem: `fetch` throws where no answer came. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  return new Problem(0, 'unreachable', UNREACHABLE)
}

/** Returns what kept a page from being shown as a problem: one that did not come, or the page's own. */
export function asFailure(error: unknown): Problem {
  if (error instanceof Problem) return error
  return new Problem(PAGE_FAILED, 'page_failed', 'This page failed. Loading it anew may help.')
}

/** Whether asking the same again may help: not where the request itself was refused. */
export function mayPass(problem: Problem): boolean {
  return problem.status === 0 || problem.status >= 500
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
