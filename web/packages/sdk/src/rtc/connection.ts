/**
 * Carries out what `core/session.ts` decides: the only place that holds the model. It owns one
 * request, one socket, one peer connection and one timer, and turns what they do into events.
 */
import type { Candidate, GatewayToViewer, InputEvent, Offer } from '@diorama/protocol'

import { type Effect, type Emitted, type Event, type Model, newModel } from '../core/model.ts'
import { handle, nextDeadlineMs } from '../core/session.ts'
import { type Reading, type StreamStats, statsBetween } from '../core/stats.ts'
import { videoCodecs } from './device.ts'
import { Peer } from './peer.ts'
import { postBye, postSession } from './requests.ts'
import { randomName } from './tab.ts'

/** Time for the last word on a data channel to leave before its connection is closed. */
const LINGER_MS = 250

export interface Wishes {
  readonly server: string
  readonly project: string
  readonly region: string | null
  readonly clientId: string
  readonly device: string
  readonly token: string | null
}

export interface ConnectionEvents {
  readonly onEmitted: (emitted: Emitted) => void
  readonly onStats: (stats: StreamStats) => void
  readonly onMessage: (data: unknown) => void
  readonly onStream: (stream: MediaStream) => void
}

export class Connection {
  model: Model
  stats: StreamStats | null = null
  private readonly wishes: Wishes
  private readonly events: ConnectionEvents
  private readonly idempotencyKey = randomName()
  private socket: WebSocket | null = null
  private peer: Peer | null = null
  private reading: Reading | null = null
  private timer: number | null = null
  private saidBye = false
  private readonly inbox: Event[] = []
  private busy = false

  constructor(wishes: Wishes, events: ConnectionEvents) {
    this.wishes = wishes
    this.events = events
    this.model = newModel(videoCodecs())
  }

  start(): void {
    addEventListener('pagehide', this.handlePageHide)
    addEventListener('online', this.handleWake)
    document.addEventListener('visibilitychange', this.handleWake)
    this.dispatch({ type: 'start' })
  }

  leave(code: 1000 | 1001): void {
    this.dispatch({ type: 'leave', code })
  }

  sendInput(event: InputEvent): boolean {
    return this.peer?.channels.sendInput(event) ?? false
  }

  sendMessage(data: unknown): Promise<boolean> {
    return this.peer?.channels.sendMessage(data) ?? Promise.resolve(false)
  }

  sendPrompt(text: string): boolean {
    return this.peer?.channels.send({ type: 'prompt', text }) ?? false
  }

  private readonly handlePageHide = () => {
    this.leave(1001)
  }

  private readonly handleWake = () => {
    if (document.visibilityState === 'visible') this.dispatch({ type: 'wake' })
  }

  /** Events that effects cause wait for their turn: one decision is carried out before the next. */
  private dispatch(event: Event): void {
    this.inbox.push(event)
    if (this.busy) return
    this.busy = true
    try {
      for (let next = this.inbox.shift(); next; next = this.inbox.shift()) this.decide(next)
    } finally {
      this.busy = false
    }
  }

  private decide(event: Event): void {
    const moment = { nowMs: performance.now(), chance: Math.random() }
    const { model, effects } = handle(this.model, event, moment)
    this.model = model
    for (const effect of effects) this.carryOut(effect)
    this.setTimer()
    if (model.end) this.stopListening()
  }

  private setTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    const dueMs = nextDeadlineMs(this.model)
    this.timer =
      dueMs === null
        ? null
        : window.setTimeout(
            () => {
              this.dispatch({ type: 'tick' })
            },
            Math.max(0, dueMs - performance.now()) + 1,
          )
  }

  private stopListening(): void {
    removeEventListener('pagehide', this.handlePageHide)
    removeEventListener('online', this.handleWake)
    document.removeEventListener('visibilitychange', this.handleWake)
  }

  private carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'post':
        void this.post()
        return
      case 'open_socket':
        this.openSocket()
        return
      case 'close_socket':
        this.closeSocket(effect.code)
        return
      case 'send':
        if (this.socket?.readyState === WebSocket.OPEN) {
          this.socket.send(JSON.stringify(effect.message))
        }
        return
      case 'accept_offer':
        this.acceptOffer(effect.offer, effect.fresh)
        return
      case 'add_candidate':
        this.addCandidate(effect.message)
        return
      case 'close_peer':
        this.closePeer()
        return
      case 'say_bye':
        this.saidBye = this.peer?.channels.send({ type: 'bye', code: effect.code }) ?? false
        return
      case 'post_bye':
        postBye(this.wishes.server, effect.session, effect.token, effect.code)
        return
      case 'emit':
        this.events.onEmitted(effect.emitted)
    }
  }

  private async post(): Promise<void> {
    const { server, project, region, clientId, device, token } = this.wishes
    const body = { project, region, client_id: clientId, device }
    this.dispatch(await postSession(server, body, this.idempotencyKey, token))
  }

  private openSocket(): void {
    const url = new URL('/v1/connect', this.wishes.server)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = new WebSocket(url)
    this.socket = socket
    socket.onopen = () => {
      this.dispatch({ type: 'socket_opened' })
    }
    socket.onmessage = ({ data }) => {
      if (typeof data === 'string') {
        this.dispatch({ type: 'received', message: JSON.parse(data) as GatewayToViewer })
      }
    }
    socket.onclose = ({ code }) => {
      this.dispatch({ type: 'socket_closed', code })
    }
  }

  private closeSocket(code: number): void {
    const { socket } = this
    this.socket = null
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close(code)
  }

  private acceptOffer(offer: Offer, fresh: boolean): void {
    if (fresh || !this.peer) {
      this.peer?.close()
      this.peer = this.newPeer(offer)
      this.reading = null
    }
    this.peer.accept(offer)
  }

  private newPeer(offer: Offer): Peer {
    const { attachment } = offer
    return new Peer(offer, {
      onAnswer: (sdp) => {
        this.dispatch({ type: 'answered', attachment, sdp })
      },
      onCandidate: (candidate) => {
        this.dispatch({ type: 'candidate', attachment, candidate })
      },
      onSeen: (seen) => {
        this.dispatch({ type: 'media', attachment, seen })
      },
      onStream: this.events.onStream,
      onReading: (reading) => {
        this.handleReading(reading)
      },
      onMessage: this.events.onMessage,
      onRefusal: (code, message) => {
        this.events.onEmitted({ name: 'error', detail: { code, message } })
      },
    })
  }

  private addCandidate({ candidate }: Candidate): void {
    this.peer?.addCandidate(candidate)
  }

  private closePeer(): void {
    const { peer } = this
    this.peer = null
    if (this.saidBye) setTimeout(() => peer?.close(), LINGER_MS)
    else peer?.close()
  }

  private handleReading(reading: Reading): void {
    this.stats = statsBetween(this.reading, reading, this.peer?.channels.rttMs ?? null)
    this.reading = reading
    this.events.onStats(this.stats)
  }
}
