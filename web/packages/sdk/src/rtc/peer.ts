/**
 * One peer connection, made for one attachment: answers the worker's offers, trickles candidates,
 * tells when frames come, and shows them. It decides nothing about repair.
 */
import type { IceCandidate, IceServer, Offer } from '@diorama/protocol'

import type { PeerFacts } from '../core/diagnosis.ts'
import { isLost, lookAgain, NOTHING_HEARD } from '../core/hearing.ts'
import type { MediaSeen } from '../core/model.ts'
import type { Reading } from '../core/stats.ts'
import { Alarm } from './alarm.ts'
import { Channels, type ChannelEvents } from './channels.ts'
import { readingOf, readVideo, reportsOf } from './reading.ts'

const LOOK_OFTEN_MS = 50
const LOOK_MS = 1_000
const STALLED_AFTER_MS = 5_000
/** Different codes that are kept of what TURN servers answer. */
const MOST_ERRORS = 8

export interface PeerEvents extends Omit<ChannelEvents, 'onClosed'> {
  readonly onAnswer: (sdp: string) => void
  readonly onCandidate: (candidate: IceCandidate) => void
  readonly onSeen: (seen: MediaSeen) => void
  readonly onStream: (stream: MediaStream) => void
  readonly onReading: (reading: Reading) => void
}

/** Chromium's older word for a receiver that should keep no frames back. */
interface ReceiverWithHint extends RTCRtpReceiver {
  playoutDelayHint?: number
}

export class Peer {
  readonly attachment: number
  readonly channels: Channels
  private readonly pc: RTCPeerConnection
  private readonly events: PeerEvents
  /** Descriptions and candidates are applied one after the other, in the order they came. */
  private work: Promise<void> = Promise.resolve()
  private readonly looking = new Alarm(() => {
    void readVideo(this.pc).then((reading) => {
      this.handleReading(reading)
    })
  })
  private readonly madeMs = performance.now()
  private turn = false
  private readonly turnErrors = new Set<number>()
  private readonly localKinds = new Set<string>()
  private readonly remoteKinds = new Set<string>()
  private frames = 0
  private heard = NOTHING_HEARD
  private framesMs = 0
  private seen: MediaSeen | null = null
  /** The data channel is gone: media without it is a picture that nobody can touch. */
  private cut = false
  private closed = false

  constructor(offer: Offer, policy: RTCIceTransportPolicy, events: PeerEvents) {
    this.attachment = offer.attachment
    this.events = events
    this.pc = new RTCPeerConnection({
      iceServers: iceServers(offer),
      iceTransportPolicy: policy,
      bundlePolicy: 'max-bundle',
    })
    this.channels = new Channels({
      ...events,
      onClosed: () => {
        this.handleCut()
      },
    })
    this.pc.ondatachannel = ({ channel }) => {
      this.channels.handleChannel(channel)
    }
    this.pc.onicecandidate = ({ candidate }) => {
      if (candidate?.type) this.localKinds.add(candidate.type)
      this.events.onCandidate(toWire(candidate))
    }
    this.pc.onicecandidateerror = ({ url, errorCode }) => {
      if (isTurn(url) && this.turnErrors.size < MOST_ERRORS) this.turnErrors.add(errorCode)
    }
    this.pc.onconnectionstatechange = () => {
      this.handleConnectionState()
    }
    this.pc.ontrack = (event) => {
      this.handleTrack(event)
    }
  }

  accept(offer: Offer): void {
    this.turnErrors.clear() // it has credentials of its own
    this.turn = (offer.ice_servers ?? []).some(({ urls }) => urls.some(isTurn))
    for (const kind of kindsIn(offer.sdp)) this.remoteKinds.add(kind)
    this.enqueue(async () => {
      this.pc.setConfiguration({ ...this.pc.getConfiguration(), iceServers: iceServers(offer) })
      await this.pc.setRemoteDescription({ type: 'offer', sdp: offer.sdp })
      await this.pc.setLocalDescription()
      const sdp = this.pc.localDescription?.sdp
      if (sdp !== undefined && !this.closed) this.events.onAnswer(sdp)
    })
  }

  addCandidate(candidate: IceCandidate): void {
    for (const kind of kindsIn(candidate.candidate)) this.remoteKinds.add(kind)
    this.enqueue(() =>
      this.pc.addIceCandidate({
        candidate: candidate.candidate,
        sdpMid: candidate.sdpMid ?? null,
        sdpMLineIndex: candidate.sdpMLineIndex ?? null,
      }),
    )
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.looking.clear()
    this.channels.stop()
    this.pc.close()
  }

  /** Returns what is known of the connection now. */
  async facts(): Promise<PeerFacts> {
    const reading = readingOf(await reportsOf(this.pc))
    return {
      ice: this.pc.iceConnectionState,
      dtls: this.pc.connectionState,
      forMs: Math.round(performance.now() - this.madeMs),
      turn: this.turn,
      turnErrors: [...this.turnErrors],
      relayOnly: this.pc.getConfiguration().iceTransportPolicy === 'relay',
      local: [...this.localKinds],
      remote: [...this.remoteKinds],
      bytesReceived: reading?.bytesReceived ?? 0,
      framesDecoded: reading?.framesDecoded ?? 0,
    }
  }

  private enqueue(job: () => Promise<void>): void {
    this.work = this.work.then(job).catch((error: unknown) => {
      if (this.closed) return
      this.events.onRefusal('media', error instanceof Error ? error.message : String(error))
    })
  }

  private handleTrack({ track, receiver, streams }: RTCTrackEvent): void {
    const undelayed: ReceiverWithHint = receiver
    undelayed.jitterBufferTarget = 0
    undelayed.playoutDelayHint = 0
    this.events.onStream(streams[0] ?? new MediaStream([track]))
  }

  private handleCut(): void {
    this.cut = true
    this.see('disconnected')
  }

  private handleConnectionState(): void {
    switch (this.pc.connectionState) {
      case 'connected':
        this.see('connected')
        this.framesMs = performance.now()
        this.look(0)
        return
      case 'disconnected':
        this.see('disconnected')
        return
      case 'failed':
        this.see('failed')
        return
      case 'new':
      case 'connecting':
      case 'closed':
    }
  }

  /** Looks whether frames come: often until the first, then once a second. */
  private look(afterMs: number): void {
    this.looking.set(afterMs)
  }

  private handleReading(reading: Reading | null): void {
    if (this.closed) return
    const nowMs = performance.now()
    const frames = reading?.framesDecoded ?? 0
    this.listen(frames)
    if (frames > this.frames) {
      this.frames = frames
      this.framesMs = nowMs
      if (this.pc.connectionState === 'connected' && !this.cut) this.see('playing')
    } else if (this.seen === 'playing' && nowMs - this.framesMs > STALLED_AFTER_MS) {
      this.see('stalled')
    }
    if (reading && this.frames > 0) this.events.onReading(reading)
    this.look(this.frames > 0 && this.seen !== 'connected' ? LOOK_MS : LOOK_OFTEN_MS)
  }

  /** Sees that nothing comes any more over a connection that the browser still calls connected. */
  private listen(frames: number): void {
    const before = this.heard
    this.heard = lookAgain(before, frames, this.channels.heard)
    if (this.frames === 0 || this.seen === 'connected') {
      this.heard = { ...this.heard, quiet: 0 } // until its first frame, looks come more often
    }
    if (this.pc.connectionState !== 'connected') return
    if (isLost(this.heard)) this.see('disconnected')
    else if (isLost(before) && !this.cut) this.see('playing')
  }

  private see(seen: MediaSeen): void {
    if (this.closed || this.seen === seen) return
    this.seen = seen
    this.events.onSeen(seen)
  }
}

function isTurn(url: string): boolean {
  return /^turns?:/.test(url)
}

/** Returns the kinds of the candidates that a text names. */
function kindsIn(text: string): string[] {
  return [...text.matchAll(/candidate:.* typ (\w+)/g)].map(([, kind]) => kind ?? '')
}

function iceServers(offer: Offer): RTCIceServer[] {
  return (offer.ice_servers ?? []).map(({ urls, username, credential }: IceServer) => ({
    urls,
    ...(typeof username === 'string' && { username }),
    ...(typeof credential === 'string' && { credential }),
  }))
}

/** Returns a candidate as the wire has it; null is the end of candidates. */
function toWire(candidate: RTCIceCandidate | null): IceCandidate {
  if (!candidate) return { candidate: '' }
  const { sdpMid, sdpMLineIndex } = candidate
  return { candidate: candidate.candidate, sdpMid, sdpMLineIndex }
}
