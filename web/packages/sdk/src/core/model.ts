/** What one session is to its page, what can happen to it, and what is to be done: values only. */
import type {
  Candidate,
  EndView,
  GatewayToViewer,
  IceCandidate,
  MediaReport,
  Offer,
  OpenedSession,
  QueueView,
  SessionState,
  SessionView,
  ViewerToGateway,
  Warned,
} from '@diorama/protocol'

import type { ProblemDocument } from './ends.ts'

/** The request for the session: in flight, to be sent again, or answered. */
export type Opening =
  | { readonly at: 'asking'; readonly attempt: number; readonly sinceMs: number }
  | {
      readonly at: 'waiting'
      readonly attempt: number
      readonly sinceMs: number
      readonly dueMs: number
    }
  | { readonly at: 'answered' }
  /** The browser keeps the page for a possible return (bfcache); the session was left. */
  | { readonly at: 'away' }

export type Socket =
  | { readonly at: 'closed' }
  | { readonly at: 'waiting'; readonly attempt: number; readonly dueMs: number }
  | { readonly at: 'opening'; readonly attempt: number; readonly sinceMs: number }
  | {
      readonly at: 'open'
      readonly attempt: number
      readonly sinceMs: number
      readonly heardMs: number
      readonly beatDueMs: number
      readonly beats: number
    }

/** The peer connection as this page sees it; `asked` is what repair was asked for last. */
export type Media =
  | { readonly at: 'none' }
  | { readonly at: 'connecting'; readonly attachment: number; readonly sinceMs: number }
  | { readonly at: 'connected'; readonly attachment: number; readonly playing: boolean }
  | {
      readonly at: 'lost'
      readonly attachment: number
      readonly sinceMs: number
      readonly asked: 'nothing' | 'ice' | 'peer'
      readonly attempt: number
    }

/** What the page wants of a session, beside the session itself. */
export interface Policy {
  /** Whether an end that allows it opens a new session without being asked. */
  readonly autoRestart: boolean
  /** How long the page may be hidden before the session is left; null for as long as it likes. */
  readonly hiddenForMs: number | null
}

/** New sessions opened by themselves, one after the other, without a minute of video between. */
export interface Restarts {
  readonly inRow: number
  readonly code: number | null
}

/** A warning that was given and not taken back. */
export interface Pending {
  readonly kind: Warned['kind']
  readonly untilMs: number
  /** The same instant on the clock of people, as it was told. */
  readonly endsAtMs: number
}

export interface Model {
  readonly codecs: readonly string[]
  readonly policy: Policy
  readonly opening: Opening
  readonly socket: Socket
  readonly media: Media
  readonly session: SessionView | null
  readonly token: string | null
  readonly welcomed: boolean
  readonly played: boolean
  /** Since when this session's frames come, however often it was repaired. */
  readonly playedMs: number | null
  readonly warned: readonly Pending[]
  readonly restarts: Restarts
  /** Since when the page is hidden. */
  readonly hiddenMs: number | null
  readonly heartbeatMs: number
  /** How often the gateway wants to be told how the stream arrives; null for not at all. */
  readonly qualityEveryMs: number | null
  readonly resumeWindowMs: number
  /** Since when neither socket nor media has worked. */
  readonly lostMs: number | null
  readonly refusal: string | null
  readonly end: EndView | null
  /** The refused request that was the end. */
  readonly problem: ProblemDocument | null
}

/** What the page's peer connection reports of itself. */
export type MediaSeen = 'connected' | 'playing' | 'stalled' | 'disconnected' | 'failed'

export type Event =
  | { readonly type: 'start' }
  | { readonly type: 'opened'; readonly answer: OpenedSession }
  | { readonly type: 'unanswered' }
  | { readonly type: 'refused'; readonly problem: ProblemDocument }
  | { readonly type: 'socket_opened' }
  | { readonly type: 'socket_closed'; readonly code: number }
  | { readonly type: 'received'; readonly message: GatewayToViewer }
  | { readonly type: 'answered'; readonly attachment: number; readonly sdp: string }
  | { readonly type: 'candidate'; readonly attachment: number; readonly candidate: IceCandidate }
  | { readonly type: 'media'; readonly attachment: number; readonly seen: MediaSeen }
  | { readonly type: 'leave'; readonly code: 1000 | 1001 }
  /** The page is left, and may be kept by the browser (`mayReturn`). */
  | { readonly type: 'page_left'; readonly mayReturn: boolean }
  | { readonly type: 'page_returned' }
  | { readonly type: 'page_hidden' }
  | { readonly type: 'page_shown' }
  | { readonly type: 'wake' }
  | { readonly type: 'tick' }

/** The seven states are the only vocabulary of a session; media is that of one connection. */
export type MediaState = 'none' | Exclude<MediaReport['state'], 'stalled'>

/** Repair under way; `live` tells whether the picture still moves meanwhile. */
export interface Reconnecting {
  readonly step: 'socket' | 'ice' | 'peer'
  readonly attempt: number
  readonly live: boolean
}

/** A warning with its deadline on the page's own clock, as `Date.now()` tells it. */
export interface Warning extends Warned {
  readonly endsAtMs: number
}

/** A new session that is opened by itself: after which end, the how manieth in a row, and when. */
export interface Restarting {
  readonly end: Ended
  readonly attempt: number
  readonly inMs: number
}

export interface Ended extends EndView {
  readonly problem: ProblemDocument | null
}

/** What a page may listen to, by name. */
export interface SessionEvents {
  state: SessionState
  queue: QueueView
  warning: Warning
  warning_over: { readonly kind: Warned['kind'] }
  reconnecting: Reconnecting
  reconnected: { readonly attachment: number }
  restarting: Restarting
  attached: { readonly attachment: number }
  media: MediaState
  session: SessionView
  ended: Ended
  error: { readonly code: string; readonly message: string }
}

export type Emitted = {
  [Name in keyof SessionEvents]: { readonly name: Name; readonly detail: SessionEvents[Name] }
}[keyof SessionEvents]

export type Effect =
  /** `fresh` asks for a new session, not again for the one that was asked for. */
  | { readonly do: 'post'; readonly fresh: boolean }
  | { readonly do: 'open_socket' }
  | { readonly do: 'close_socket'; readonly code: number }
  | { readonly do: 'send'; readonly message: ViewerToGateway }
  | { readonly do: 'accept_offer'; readonly offer: Offer; readonly fresh: boolean }
  | { readonly do: 'add_candidate'; readonly message: Candidate }
  | { readonly do: 'close_peer' }
  | { readonly do: 'say_bye'; readonly code: 1000 | 1001 }
  | {
      readonly do: 'post_bye'
      readonly session: string
      readonly token: string
      readonly code: 1000 | 1001
    }
  | { readonly do: 'emit'; readonly emitted: Emitted }

export interface Step {
  readonly model: Model
  readonly effects: readonly Effect[]
}

/** What a decision may know of the world: the time, on both clocks, and a draw in [0, 1). */
export interface Moment {
  readonly nowMs: number
  /** Milliseconds since 1970, for what people are told. */
  readonly epochMs: number
  readonly chance: number
}

export const OPEN_WITHIN_MS = 10_000
export const ASK_FOR_MS = 60_000
export const STEADY_AFTER_MS = 5_000
export const SILENT_BEATS = 2
export const ICE_AFTER_MS = 1_000
export const PEER_AFTER_MS = 3_000
export const PEER_AGAIN_MS = 10_000

/** How soon a socket must answer when it is asked whether it still lives. */
export const PROBE_WITHIN_MS = 3_000

export const KEEP: Policy = { autoRestart: false, hiddenForMs: null }

export function newModel(codecs: readonly string[], policy: Policy = KEEP): Model {
  return {
    codecs,
    policy,
    opening: { at: 'asking', attempt: 0, sinceMs: 0 },
    socket: { at: 'closed' },
    media: { at: 'none' },
    session: null,
    token: null,
    welcomed: false,
    played: false,
    playedMs: null,
    warned: [],
    restarts: { inRow: 0, code: null },
    hiddenMs: null,
    heartbeatMs: 5_000,
    qualityEveryMs: null,
    resumeWindowMs: 60_000,
    lostMs: null,
    refusal: null,
    end: null,
    problem: null,
  }
}

/** Returns the model of one session more of the same page. */
export function nextModel(before: Model): Model {
  return {
    ...newModel(before.codecs, before.policy),
    restarts: before.restarts,
    hiddenMs: before.hiddenMs,
  }
}
