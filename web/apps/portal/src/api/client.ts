/**
 * The REST API, typed by the gateway's own document (`schema.d.ts`).
 *
 * Who asks is a cookie the page cannot read. Two headers go with it: the account that the person
 * chose, and for each change the token that proves that this page asks, not one of another site.
 */
import createClient, { type Middleware } from 'openapi-fetch'
import { problemOf } from './problems.ts'
import type { components, paths } from './schema.d.ts'

export type Schemas = components['schemas']

/** What each request says of who asks. */
export interface Asking {
  readonly csrf: string | null
  readonly account: string | null
}

let asking: Asking = { csrf: null, account: null }

/** Sets what the requests from now on say. */
export function askAs(next: Asking): void {
  asking = next
}

/** Returns the headers of a request by its method. */
export function headersOf(method: string): Readonly<Record<string, string>> {
  const account = asking.account === null ? {} : { 'Diorama-Account': asking.account }
  const proof = asking.csrf === null || SAFE.has(method) ? {} : { 'Diorama-CSRF': asking.csrf }
  return { ...account, ...proof }
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

const signed: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(headersOf(request.method))) {
      request.headers.set(name, value)
    }
    return request
  },
}

export const api = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin' })
api.use(signed)

interface Answer<T> {
  readonly data?: T
  readonly error?: unknown
  readonly response: Response
}

/**
 * Returns what a request answered.
 *
 * Throws a Problem where it was refused; use it in queries and mutations, whose pages show those.
 */
export async function answerOf<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked
  if (!response.ok) throw problemOf(response.status, error, response.headers.get('x-request-id'))
  // An answer without a body (204) has no data: its type says so, and nobody reads it.
  return data as T
}
