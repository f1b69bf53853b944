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

export interface Model {
  readonly codecs: readonly string[]
  readonly opening: Opening
  readonly socket: Socket
  readonly media: Media
  readonly session: SessionView | null
  readonly token: string | null
  readonly welcomed: boolean
  readonly played: boolean
  readonly heartbeatMs: number
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

export interface Ended extends EndView {
  readonly problem: ProblemDocument | null
}

/** What a page may listen to, by name. */
export interface SessionEvents {
  state: SessionState
  queue: QueueView
  warning: Warned
  reconnecting: Reconnecting
  reconnected: { readonly attachment: number }
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
  | { readonly do: 'post' }
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

/** What a decision may know of the world: the time, and a draw in [0, 1). */
export interface Moment {
  readonly nowMs: number
  readonly chance: number
}

export const OPEN_WITHIN_MS = 10_000
export const ASK_FOR_MS = 60_000
export const STEADY_AFTER_MS = 5_000
export const SILENT_BEATS = 2
export const ICE_AFTER_MS = 1_000
export const PEER_AFTER_MS = 3_000
export const PEER_AGAIN_MS = 10_000

export function newModel(codecs: readonly string[]): Model {
  return {
    codecs,
    opening: { at: 'asking', attempt: 0, sinceMs: 0 },
    socket: { at: 'closed' },
    media: { at: 'none' },
    session: null,
    token: null,
    welcomed: false,
    played: false,
    heartbeatMs: 5_000,
    resumeWindowMs: 60_000,
    lostMs: null,
    refusal: null,
    end: null,
    problem: null,
  }
}
