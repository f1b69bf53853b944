/**
 * Carries out what `core/session.ts` decides: the only place that holds the model. It owns one
 * request, one socket, one peer connection and one timer, and turns what they do into events.
 */
import type { Candidate, GatewayToViewer, InputEvent, Offer, OpenSession } from '@diorama/protocol'

import type { Facts } from '../core/diagnosis.ts'
import { problemOfBrowser } from '../core/ends.ts'
import {
  type Effect,
  type Emitted,
  type Event,
  type Model,
  newModel,
  type Policy,
} from '../core/model.ts'
import { messageText } from '../core/messages.ts'
import { handle, nextDeadlineMs } from '../core/session.ts'
import { type Told, qualityOf } from '../core/quality.ts'
import { type Reading, type StreamStats, statsBetween, UNHEARD } from '../core/stats.ts'
import { note, type Timeline, wordsOfEmitted, wordsOfEvent } from '../core/timeline.ts'
import { mediaOf, reconnectingOf, stateOf } from '../core/views.ts'
import { Alarm } from './alarm.ts'
import { videoCodecs } from './device.ts'
import { Peer } from './peer.ts'
import { type Answer, postBye, postSession } from './requests.ts'
import { randomName } from './tab.ts'

/** Time for the last word on a data channel to leave before its connection is closed. */
const LINGER_MS = 250

/** Releases reach the world even from a page that is hidden: nothing may stay pressed. */
const RELEASES: ReadonlySet<InputEvent['type']> = new Set([
  'key_up',
  'pointer_up',
  'touch_end',
  'gamepad',
])

export interface Wishes {
  readonly server: string
  readonly request: OpenSession
  readonly policy: Policy
  readonly iceTransportPolicy: RTCIceTransportPolicy
  /** Whether input of a hidden page is dropped. */
  readonly pausesHidden: boolean
  /** Returns a ticket or key for one request; null where none is needed. */
  readonly token: () => Promise<string | null>
}

/** What of a diagnosis the connection knows; the rest is the screen's. */
export type ConnectionFacts = Omit<Facts, 'video' | 'soundBlocked'>

export interface ConnectionEvents {
  readonly onEmitted: (emitted: Emitted) => void
  readonly onStats: (stats: StreamStats) => void
  readonly onMessage: (data: unknown) => void
  readonly onStream: (stream: MediaStream) => void
  /** The page is seen again. */
  readonly onShown: () => void
}

export class Connection {
  model: Model
  stats: StreamStats | null = null
  private readonly wishes: Wishes
  private readonly events: ConnectionEvents
  private idempotencyKey = randomName()
  /** Number of the request for a session that counts; answers to earlier ones come too late. */
  private requests = 0
  timeline: Timeline = []
  private socket: WebSocket | null = null
  private peer: Peer | null = null
  private reading: Reading | null = null
  private told: Told | null = null
  private readonly alarm = new Alarm(() => {
    this.dispatch({ type: 'tick' })
  })
  private listening: AbortController | null = null
  private saidBye = false
  private readonly inbox: Event[] = []
  private busy = false

  constructor(wishes: Wishes, events: ConnectionEvents) {
    this.wishes = wishes
    this.events = events
    this.model = newModel(videoCodecs(), wishes.policy)
  }

  start(): void {
    this.listen()
    if (isHidden()) this.dispatch({ type: 'page_hidden' })
    const problem = problemOfBrowser()
    this.dispatch(problem ? { type: 'refused', problem } : { type: 'start' })
  }

  leave(code: 1000 | 1001): void {
    this.dispatch({ type: 'leave', code })
  }

  sendInput(event: InputEvent): boolean {
    if (this.wishes.pausesHidden && isHidden() && !RELEASES.has(event.type)) return false
    return this.peer?.channels.sendInput(event) ?? false
  }

  /** Raises MessageRefused where the message could not be sent to any world. */
  sendMessage(data: unknown): Promise<boolean> {
    if (this.peer) return this.peer.channels.sendMessage(data)
    messageText(data, 0)
    return Promise.resolve(false)
  }

  sendPrompt(text: string): boolean {
    return this.peer?.channels.send({ type: 'prompt', text }) ?? false
  }

  async facts(): Promise<ConnectionFacts> {
    const peer = (await this.peer?.facts()) ?? null
    const { model } = this
    const { opening, socket, session, end, problem } = model
    return {
      state: stateOf(model),
      end: end && { ...end, problem },
      queue: session?.queue ?? null,
      request: opening.at,
      requestAttempts: 'attempt' in opening ? opening.attempt : 0,
      socket: socket.at,
      socketAttempts: 'attempt' in socket ? socket.attempt : 0,
      socketWorked: model.welcomed,
      media: mediaOf(model),
      reconnecting: reconnectingOf(model),
      peer,
      stats: this.stats,
      pageHidden: isHidden(),
    }
  }

  private listen(): void {
    if (this.listening) return
    this.listening = new AbortController()
    const { signal } = this.listening
    const on = (target: EventTarget, name: string, event: () => Event) => {
      target.addEventListener(
        name,
        () => {
          this.dispatch(event())
        },
        { signal },
      )
    }
    addEventListener(
      'pagehide',
      ({ persisted }) => {
        this.dispatch({ type: 'page_left', mayReturn: persisted })
      },
      { signal },
    )
    addEventListener(
      'pageshow',
      ({ persisted }) => {
        if (persisted) this.dispatch({ type: 'page_returned' })
      },
      { signal },
    )
    on(globalThis, 'online', () => ({ type: 'wake' }))
    on(document, 'resume', () => ({ type: 'wake' })) // after a freeze: Page Lifecycle
    on(document, 'visibilitychange', () => {
      if (!isHidden()) this.events.onShown()
      return { type: isHidden() ? 'page_hidden' : 'page_shown' }
    })
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
    const moment = { nowMs: performance.now(), epochMs: Date.now(), chance: Math.random() }
    const { model, effects } = handle(this.model, event, moment)
    this.model = model
    this.note(wordsOfEvent(event))
    for (const effect of effects) this.carryOut(effect)
    this.setAlarm()
    if (model.end) this.listening?.abort()
  }

  private note(words: readonly [string, string] | null): void {
    if (words) this.timeline = note(this.timeline, Date.now(), ...words)
  }

  private setAlarm(): void {
    const dueMs = nextDeadlineMs(this.model)
    if (dueMs === null) this.alarm.clear()
    else this.alarm.set(Math.max(0, dueMs - performance.now()) + 1)
  }

  private carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'post':
        void this.post(effect.fresh)
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
        this.note(wordsOfEmitted(effect.emitted))
        this.events.onEmitted(effect.emitted)
    }
  }

  private async post(fresh: boolean): Promise<void> {
    if (fresh) this.idempotencyKey = randomName()
    this.requests += 1
    const number = this.requests
    const answer = await this.ask()
    if (number === this.requests) this.dispatch(answer)
  }

  private async ask(): Promise<Answer> {
    const { server, request } = this.wishes
    try {
      const token = await this.wishes.token()
      return await postSession(server, request, this.idempotencyKey, token)
    } catch (error) {
      this.refuse('no_token', error instanceof Error ? error.message : String(error))
      return { type: 'unanswered' }
    }
  }

  private refuse(code: string, message: string): void {
    this.carryOut({ do: 'emit', emitted: { name: 'error', detail: { code, message } } })
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
    return new Peer(offer, this.wishes.iceTransportPolicy, {
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
        this.refuse(code, message)
      },
    })
  }

  private addCandidate({ candidate }: Candidate): void {
    this.peer?.addCandidate(candidate)
  }

  private closePeer(): void {
    const { peer } = this
    this.peer = null
    this.stats = null
    if (this.saidBye) setTimeout(() => peer?.close(), LINGER_MS)
    else peer?.close()
    this.saidBye = false
  }

  private handleReading(reading: Reading): void {
    this.stats = statsBetween(this.reading, reading, this.peer?.channels ?? UNHEARD)
    this.reading = reading
    this.events.onStats(this.stats)
    this.tellQuality(this.stats)
  }

  private tellQuality(stats: StreamStats): void {
    const { media, qualityEveryMs } = this.model
    if (media.at === 'none' || qualityEveryMs === null || stats.fps === 0) return
    const { attachment } = media
    const due = qualityOf(this.told, stats, attachment, qualityEveryMs, performance.now())
    if (!due || this.socket?.readyState !== WebSocket.OPEN) return
    this.told = due.told
    this.carryOut({ do: 'send', message: due.message })
  }
}

function isHidden(): boolean {
  return document.visibilityState === 'hidden'
}
