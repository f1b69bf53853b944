/**
 * What is the matter with a session, in one sentence that a person who runs it can act on. The
 * causes are looked at in the order a session passes through them; the first that holds is told.
 */
import type { QueueView, SessionState } from '@diorama/protocol'

import type { Ended, Reconnecting } from './model.ts'
import { isSlow } from './pace.ts'
import type { StreamStats } from './stats.ts'

/** What is known of the peer connection, beyond whether it plays. */
export interface PeerFacts {
  readonly ice: RTCIceConnectionState
  readonly dtls: RTCPeerConnectionState
  readonly forMs: number
  /** Whether the world's offer named a TURN server. */
  readonly turn: boolean
  /** What TURN servers answered in place of a relay: STUN error codes, 701 where none answers. */
  readonly turnErrors: readonly number[]
  /** Whether the page lets media go by TURN servers alone. */
  readonly relayOnly: boolean
  /** Kinds of addresses each end has found, such as `host` and `relay`. */
  readonly local: readonly string[]
  readonly remote: readonly string[]
  readonly bytesReceived: number
  readonly framesDecoded: number
}

export interface Facts {
  readonly state: SessionState
  readonly end: Ended | null
  readonly queue: QueueView | null
  readonly request: 'asking' | 'waiting' | 'answered' | 'away'
  readonly requestAttempts: number
  readonly socket: 'closed' | 'waiting' | 'opening' | 'open'
  readonly socketAttempts: number
  readonly socketWorked: boolean
  readonly media: 'none' | 'connecting' | 'playing' | 'lost'
  readonly reconnecting: Reconnecting | null
  readonly peer: PeerFacts | null
  readonly stats: StreamStats | null
  /** How the video element is: there is none, it stands still, it plays. */
  readonly video: 'none' | 'paused' | 'playing'
  readonly soundBlocked: boolean
  readonly pageHidden: boolean
}

const ICE_IS_SLOW_MS = 5_000
const FRAMES_ARE_LATE_MS = 5_000
const BAD_LOSS = 0.03
const BAD_RTT_MS = 150
const BAD_BUFFER_MS = 150
const BAD_DECODE_MS = 30

/** Returns the sentence. */
export function verdict(facts: Facts): string {
  return ofEnd(facts) ?? ofRequest(facts) ?? ofSocket(facts) ?? ofQueue(facts) ?? ofMedia(facts)
}

function ofEnd({ end }: Facts): string | null {
  return end && `The session is over: ${end.message} (${end.code}, ${end.reason})`
}

function ofRequest({ request, requestAttempts }: Facts): string | null {
  switch (request) {
    case 'answered':
      return null
    case 'away':
      return 'The page was left and its session ended; it is asked for again when the page returns.'
    case 'asking':
    case 'waiting':
      return requestAttempts === 0
        ? 'The session has been asked for; the server has not answered yet.'
        : 'The server does not answer: it is down, cannot be reached from here, or does not take ' +
            'requests from pages of this origin.'
  }
}

function ofSocket(facts: Facts): string | null {
  const { socket, socketAttempts, socketWorked, media } = facts
  if (socket === 'open') return null
  if (media === 'playing') {
    return `Video plays${atRate(facts)}, but the socket to the server is lost; it is being repaired.`
  }
  if (socketWorked) return 'The connection to the server is lost; it is being repaired.'
  return socketAttempts === 0
    ? 'The server has answered; its socket is being opened.'
    : 'The server answers requests, but its socket does not open: a proxy on the way probably ' +
        'does not let WebSockets through.'
}

function ofQueue({ state, queue }: Facts): string | null {
  if (state !== 'queued') return null
  if (!queue) return 'No slot is free; the session waits in line.'
  const etaS = queue.eta_p50_s ?? null
  const eta = etaS === null ? '' : `, probably for ${duration(etaS)}`
  return `No slot is free: number ${queue.position} of ${queue.length} in line${eta}.`
}

function ofMedia(facts: Facts): string {
  switch (facts.media) {
    case 'none':
      return 'A slot is held and the world is starting; it has not offered its video yet.'
    case 'connecting':
      return ofConnecting(facts)
    case 'lost':
      return ofLost(facts)
    case 'playing':
      return ofPlaying(facts)
  }
}

function ofConnecting({ peer }: Facts): string {
  if (!peer) return 'The video connection is being set up.'
  if (peer.dtls === 'connected') return ofNoPicture(peer)
  const slow = peer.ice === 'failed' || peer.forMs >= ICE_IS_SLOW_MS
  return slow ? noPath(peer) : 'The video connection is being set up.'
}

function ofNoPicture({ bytesReceived, framesDecoded, forMs }: PeerFacts): string {
  if (framesDecoded > 0 || forMs < FRAMES_ARE_LATE_MS) {
    return 'The video connection is up; the first picture is on its way.'
  }
  return bytesReceived === 0
    ? 'The video connection is up, but the world sends no pictures.'
    : 'Video arrives, but this browser cannot decode it.'
}

/** By the error codes of STUN (RFC 8489, 8656); 701 is W3C's for a server that is not reached. */
const TURN_REFUSES: Readonly<Record<number, string>> = {
  401:
    'refuses the credential: it has another shared secret than the gateway, or their clocks ' +
    'differ.',
  403: 'relays nothing for this session.',
  441: 'refuses the credential: it is of another user than the connection.',
  486: 'has too many relays of this session already.',
  508: 'has no room for another relay.',
  701: 'cannot be reached from here.',
}
const TURN_IS_SILENT = 'cannot be reached from here, or refuses its credentials.'

function noPath(peer: PeerFacts): string {
  const { remote, local, turn, turnErrors, relayOnly } = peer
  if (remote.length === 0) {
    return 'The socket is open but no media arrives: the worker has named no address to reach it at.'
  }
  if (!turn && relayOnly) {
    return 'The page lets media go by TURN servers alone, and the server names none.'
  }
  if (!turn) {
    return 'The socket is open but no media arrives: UDP is probably blocked; a TURN server would help.'
  }
  return local.includes('relay')
    ? 'The socket is open but no media arrives, not even through the TURN server: the worker ' +
        'cannot be reached from it.'
    : `The socket is open but no media arrives: the TURN server ${refusing(turnErrors)}`
}

/** Returns what a TURN server does in place of relaying, by the errors it answered with. */
function refusing(errors: readonly number[]): string {
  const known = errors.find((code) => code in TURN_REFUSES && code !== 701) ?? errors[0]
  if (known === undefined) return TURN_IS_SILENT
  return TURN_REFUSES[known] ?? `answers with error ${known}.`
}

function ofLost({ peer, reconnecting }: Facts): string {
  const how = reconnecting?.step === 'ice' ? 'by other addresses' : 'by a new connection'
  if (peer?.ice === 'failed' && reconnecting && reconnecting.attempt > 1) return noPath(peer)
  return reconnecting
    ? `The video connection is lost; it is being repaired ${how} (attempt ${reconnecting.attempt}).`
    : 'The video connection has just been lost; it may come back by itself.'
}

function ofPlaying(facts: Facts): string {
  const { stats, video, pageHidden, soundBlocked } = facts
  if (video === 'none') return 'Video arrives, but no video element shows it.'
  if (pageHidden) return 'The session is live, but its page is hidden.'
  if (video === 'paused') return 'Video arrives, but its video element is paused.'
  if (!stats) return 'Video plays.'
  if (stats.fps === 0 && isSlow(0, stats.meantFps))
    return 'The picture stands still: no frame came in the last second.'
  const sound = soundBlocked ? ' Sound waits for a click: the browser allows none before.' : ''
  return `Video plays${atRate(facts)}${overPath(stats)}${butWhat(stats)}.${sound}`
}

function atRate({ stats }: Facts): string {
  return stats && stats.fps > 0 ? ` at ${Math.round(stats.fps)} fps` : ''
}

function overPath({ path, rttMs }: StreamStats): string {
  const away = rttMs ?? path?.rttMs ?? null
  const far = away === null ? '' : `, ${Math.round(away)} ms away`
  if (!path) return far
  if (!path.relayed) return ` over a direct ${path.protocol.toUpperCase()} path${far}`
  const by = path.relayProtocol === null ? '' : ` by ${path.relayProtocol.toUpperCase()}`
  return ` over a TURN relay${by}${far}`
}

function butWhat(stats: StreamStats): string {
  const { loss, rttMs, jitterBufferMs, decodeMs, fps, meantFps } = stats
  if (loss >= BAD_LOSS) return `; ${Math.round(loss * 100)} % of its packets are lost on the way`
  if ((rttMs ?? 0) >= BAD_RTT_MS) return '; input feels slow at this distance'
  if ((jitterBufferMs ?? 0) >= BAD_BUFFER_MS) {
    return `; the network is so uneven that frames wait ${Math.round(jitterBufferMs ?? 0)} ms`
  }
  if ((decodeMs ?? 0) >= BAD_DECODE_MS) {
    return `; this device takes ${Math.round(decodeMs ?? 0)} ms to decode a frame`
  }
  if (isSlow(fps, meantFps)) {
    const meant = meantFps === null ? 'that is few' : `the world means to show ${meantFps}`
    return `; ${meant}: a machine may be busy, or the network narrow`
  }
  return ''
}

function duration(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`
}
