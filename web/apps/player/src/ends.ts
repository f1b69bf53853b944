/**
 * What the end screen says and offers for each code and reason of the registry. The sentence is the
 * registry's own; here are a title, what a reason adds, whose doing it was, and the next step. Pure.
 */
import type { EndCode, Ended, HolderView } from '@diorama/sdk'

import { spanWords } from './spans.ts'

/**
 * What helps next: a new session (`again`), this session taken over (`here`), the page loaded anew
 * (`reload`), the way back (`back`), or nothing that the viewer could do (`nothing`).
 */
export type Action = 'again' | 'here' | 'reload' | 'back' | 'nothing'

export interface EndWords {
  readonly title: string
  readonly sentence: string
  readonly detail: string
  readonly doing: string
  readonly action: Action
}

interface Row {
  readonly title: string
  readonly action: Action
}

const ROWS: Readonly<Record<EndCode, Row>> = {
  1000: { title: 'All done', action: 'again' },
  1001: { title: 'You left', action: 'again' },
  1006: { title: 'Connection lost', action: 'again' },
  4000: { title: 'Switched off', action: 'back' },
  4001: { title: 'No place is free', action: 'again' },
  4002: { title: 'Not found', action: 'back' },
  4003: { title: 'It did not start', action: 'again' },
  4004: { title: 'Time is up', action: 'again' },
  4005: { title: 'No picture came', action: 'again' },
  4006: { title: 'The world stopped', action: 'again' },
  4007: { title: 'Connection lost', action: 'again' },
  4010: { title: 'All places are taken', action: 'again' },
  4011: { title: 'Continued elsewhere', action: 'here' },
  4012: { title: 'Ended by the operator', action: 'again' },
  4013: { title: 'Not allowed', action: 'back' },
  4014: { title: 'Out of service', action: 'again' },
}

/** Where a reason needs other words than its code. */
const REASONS: Readonly<Record<string, Partial<Row> & { readonly detail?: string }>> = {
  project_unknown: { detail: 'It may be private, or its address is mistyped.' },
  world_ended: { title: 'The end', detail: 'The world itself came to its end.' },
  never_attached: { detail: 'A place was ready, and this page did not come to take it.' },
  media_lost: {
    detail: 'The server was reached, but the picture found no way through the network.',
  },
  stale_yielded: { detail: 'You were not heard for a while, and someone else needed the place.' },
  no_worker: { detail: 'No machine that can run this world is there.' },
  queue_full: { title: 'The line is full', detail: 'So many wait already that nobody else may.' },
  project_disabled: { detail: 'Whoever owns it can switch it on again.' },
  queue_off: { detail: 'This world has no waiting line.' },
  waited_too_long: { title: 'No place came free', detail: 'The longest time to wait is over.' },
  world_unknown: { detail: 'The project is there, but its world cannot be found.' },
  worker_refused: { detail: 'The machine that had a place did not take it.' },
  assignment_expired: { detail: 'The machine that had a place did not answer in time.' },
  afk_timeout: { title: 'You were away', detail: 'Nothing was pressed or moved for a while.' },
  max_runtime: { detail: 'Each session of this world has a longest time.' },
  hours_exhausted: {
    title: 'No hours left',
    detail: 'The hours of this account are used up until its next period begins.',
    action: 'back',
  },
  connect_timeout: { detail: 'The network may block it: try another one, or without a VPN.' },
  worker_lost: { detail: 'The machine that ran it was lost.' },
  gave_up: { detail: 'Every way was tried for as long as the world was kept.' },
  resume_refused: { detail: 'The session was not there any more.' },
  account_limit: { detail: 'The account of this world has as many sessions as its plan allows.' },
  end_user_limit: { detail: 'You have as many sessions as one person may.' },
  project_cap: { detail: 'This world has as many sessions as its owner allows.' },
  taken_over: { detail: 'A newer session of yours took its place.' },
  hello_missing: {
    title: 'Something went wrong',
    detail: 'The page and the server did not understand each other.',
    action: 'reload',
  },
  webrtc_missing: {
    title: 'This browser cannot show it',
    detail: 'Try another one, or allow WebRTC in its settings, or in the extension that blocks it.',
    action: 'reload',
  },
  link_refused: {
    title: 'This link opens nothing',
    detail:
      'The link may have expired, been used up or taken back. Ask whoever sent it for another.',
  },
  ticket_refused: { detail: 'What let you in was good once, or for a short while.' },
  origin_refused: { detail: 'The page you are on may not open it.', action: 'nothing' },
}

/** Returns what the end screen says; `sentence` is the registry's. */
export function endWords(ended: Ended): EndWords {
  const row = ROWS[ended.code as EndCode] as Row | undefined
  const reason = REASONS[ended.reason] ?? {}
  return {
    title: reason.title ?? row?.title ?? 'It is over',
    sentence: ended.message,
    detail: reason.detail ?? unlessSaid(ended),
    doing: doingWords(ended),
    action: reason.action ?? row?.action ?? 'again',
  }
}

/** Returns what the refusal adds to the registry's sentence, if anything. */
function unlessSaid({ message, problem }: Ended): string {
  const detail = problem?.detail ?? ''
  return detail === '' || detail.includes(message) ? '' : asSentence(detail)
}

/** The gateway's words begin small and end without a stop, as those of a log line. */
function asSentence(words: string): string {
  const begun = words.charAt(0).toUpperCase() + words.slice(1)
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`
}

/** Codes that a limit brings: nobody did it by hand. */
const LIMITS: ReadonlySet<number> = new Set<EndCode>([4004, 4010])

function doingWords({ code, doing, reason }: Ended): string {
  if (reason === 'world_ended') return 'Cause: the world'
  if (reason === 'client_ended' || reason === 'viewer_left') return ''
  switch (doing) {
    case 'viewer':
      return 'Cause: on your side'
    case 'operator':
      return LIMITS.has(code) ? 'Cause: the operator’s limits' : 'Cause: the operator'
    case 'world':
    case 'platform':
    case 'network':
      return `Cause: the ${doing}`
    default:
      return ''
  }
}

/** Returns what the button for an action says; null has none. */
export function actionWords(action: Action): string | null {
  switch (action) {
    case 'again':
      return 'Start again'
    case 'here':
      return 'Continue here'
    case 'reload':
      return 'Load the page again'
    case 'back':
    case 'nothing':
      return null
  }
}

/** Returns whether it has failed as often as the registry lets a client try by itself. */
export function isInVain({ retry_limit }: Ended, inRow: number): boolean {
  return retry_limit !== null && inRow > retry_limit
}

/** Returns the small line that a viewer reads to whoever helps. */
export function codeWords({ code, name, reason }: Ended): string {
  return `${code} · ${name} · ${reason}`
}

/** What is said of something that holds a place. */
export type Held = Pick<HolderView, 'device' | 'project' | 'state' | 'age_s'>

/** Returns what holds the places, as the refusal lists it; anything unexpected is left out. */
export function holdersOf({ problem }: Ended): readonly HolderView[] {
  const told = problem?.facts['holders']
  return Array.isArray(told) ? told.filter(isHolder) : []
}

function isHolder(value: unknown): value is HolderView {
  return (
    typeof value === 'object' &&
    value !== null &&
    'session' in value &&
    typeof value.session === 'string' &&
    'age_s' in value &&
    typeof value.age_s === 'number'
  )
}

/** Returns one holder as two texts: what it is, and for how long. */
export function holderWords({ device, project, state, age_s }: Held): [string, string] {
  return [device ? `${project}, ${device}` : project, `${state} for ${spanWords(age_s)}`]
}

/** Returns how one of the holders is made to let go. */
export function freeingWords(own: number): string {
  return own > 0
    ? 'A tab of this browser holds one: end it here, and this page starts.'
    : 'One comes free when any of these ends. One of yours on another device ends when you leave it there; the operator can end any of them.'
}
