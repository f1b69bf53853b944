/**
 * What a framed player and the page around it say to each other by `postMessage`: plain objects with
 * `diorama: 1`, the version, and a `type`. All that comes in is looked at here, once; what is not of
 * the protocol is nothing at all. Pure. docs/embed.md is the same in words.
 */
import type {
  Ended,
  QueueView,
  Reconnecting,
  SessionState,
  StreamStats,
  Warned,
} from '@diorama/sdk'

export const VERSION = 1
/** What a command may weigh as JSON; a message to the world has the SDK's own bound below it. */
export const MAX_COMMAND_CHARACTERS = 32_768
export const MAX_PROMPT_CHARACTERS = 4_000
const MAX_TOKEN_CHARACTERS = 4_096

/** What the page around may ask. */
export type Command =
  | { readonly type: 'hello' }
  | { readonly type: 'start'; readonly token: string | null }
  | { readonly type: 'prompt'; readonly text: string }
  | { readonly type: 'message'; readonly data: unknown }
  | { readonly type: 'mute'; readonly muted: boolean }
  | { readonly type: 'fullscreen'; readonly on: boolean }
  | { readonly type: 'focus' }
  | { readonly type: 'disconnect' }

/** A command, with the number by which its result is told, if it has one. */
export interface Asked {
  readonly command: Command
  readonly id: number | null
}

/** What the player tells the page around. */
export type Told =
  | {
      readonly type: 'ready'
      readonly project: string
      readonly state: SessionState | 'waiting'
    }
  | { readonly type: 'state'; readonly state: SessionState }
  | ({ readonly type: 'queue' } & QueueView)
  | { readonly type: 'warning'; readonly kind: Warned['kind']; readonly seconds_left: number }
  | { readonly type: 'warning_over'; readonly kind: Warned['kind'] }
  | ({ readonly type: 'reconnecting' } & Reconnecting)
  | { readonly type: 'reconnected' }
  | ({ readonly type: 'ended' } & Omit<Ended, 'problem'>)
  | ({ readonly type: 'stats' } & StreamStats)
  | { readonly type: 'message'; readonly data: unknown }
  | { readonly type: 'result'; readonly id: number; readonly ok: boolean }

/** Returns what was asked, or null for whatever is not of the protocol. */
export function readCommand(data: unknown): Asked | null {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null
  const fields: Readonly<Record<string, unknown>> = { ...data }
  if (fields['diorama'] !== VERSION || isTooLarge(fields)) return null
  const command = commandIn(fields)
  const { id } = fields
  if (!command || (id !== undefined && !Number.isSafeInteger(id))) return null
  return { command, id: typeof id === 'number' ? id : null }
}

function commandIn(fields: Readonly<Record<string, unknown>>): Command | null {
  const { type, text, token, muted, on } = fields
  switch (type) {
    case 'hello':
    case 'focus':
    case 'disconnect':
      return { type }
    case 'start':
      return isToken(token) ? { type, token: token ?? null } : null
    case 'prompt':
      return typeof text === 'string' && text !== '' && text.length <= MAX_PROMPT_CHARACTERS
        ? { type, text }
        : null
    case 'message':
      return 'data' in fields ? { type, data: fields['data'] } : null
    case 'mute':
      return typeof muted === 'boolean' ? { type, muted } : null
    case 'fullscreen':
      return typeof on === 'boolean' ? { type, on } : null
    default:
      return null
  }
}

function isToken(token: unknown): token is string | null | undefined {
  return (
    token === undefined ||
    token === null ||
    (typeof token === 'string' && token.length <= MAX_TOKEN_CHARACTERS)
  )
}

/** Whether it is more than a command may be, or nothing that JSON can say. */
function isTooLarge(fields: Readonly<Record<string, unknown>>): boolean {
  try {
    return JSON.stringify(fields).length > MAX_COMMAND_CHARACTERS
  } catch {
    return true // a cycle, a BigInt
  }
}

/**
 * Returns whether an origin is one of those a project lets frame it, which are written as in
 * `frame-ancestors`: `https://a.example`, `https://*.a.example`, `http://localhost:*`, or `*`.
 */
export function mayFrame(origin: string, own: string, framers: readonly string[]): boolean {
  if (origin === 'null' || origin === '') return false // a sandboxed page could be anybody
  return origin === own || framers.some((framer) => isOf(origin, framer))
}

function isOf(origin: string, framer: string): boolean {
  if (framer === '*') return /^https?:\/\//.test(origin)
  const [from, allowed] = [SOURCE.exec(origin), SOURCE.exec(framer)]
  if (!from || !allowed) return false
  const [, scheme = '', host = '', port] = from
  const [, wantedScheme = '', wantedHost = '', wantedPort] = allowed
  // As browsers do, `http:` lets the same host by `https:` in.
  const schemeFits = scheme === wantedScheme || (wantedScheme === 'http' && scheme === 'https')
  const hostFits = wantedHost.startsWith('*.')
    ? host.endsWith(wantedHost.slice(1))
    : host === wantedHost
  const portFits = wantedPort === '*' || (port ?? USUAL[scheme]) === (wantedPort ?? USUAL[scheme])
  return schemeFits && hostFits && portFits
}

const SOURCE = /^(https?):\/\/((?:\*\.)?[a-z0-9.-]+)(?::(\d{1,5}|\*))?$/
const USUAL: Readonly<Record<string, string>> = { http: '80', https: '443' }
