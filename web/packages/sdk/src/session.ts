/**
 * What a page holds: one session, by the same object for as long as it lives, however often the page
 * asks for it. Components that mount twice (StrictMode) or are replaced while they run (HMR) find it
 * again by the tab's client id and the project.
 */
import type { InputEvent, SessionState, SessionView } from '@diorama/protocol'

import type { Emitted, Ended, MediaState, Reconnecting, SessionEvents } from './core/model.ts'
import type { StreamStats } from './core/stats.ts'
import { mediaOf, reconnectingOf, stateOf } from './core/views.ts'
import { Connection } from './rtc/connection.ts'
import { deviceLabel } from './rtc/device.ts'
import { tabClientId } from './rtc/tab.ts'

export interface ConnectOptions {
  readonly project: string
  /** Origin of the gateway; the page's own unless given. */
  readonly server?: string
  readonly region?: string
  readonly video?: HTMLVideoElement
  /** 16 to 64 letters, digits, `-` and `_`; a secret name of this tab unless given. */
  readonly clientId?: string
  /** A ticket or key, for projects that are not public; sent in a header only. */
  readonly token?: string
}

/** All events of a session by name, with what their listeners are given. */
export interface DioramaEvents extends SessionEvents {
  stats: StreamStats
  message: unknown
}

type Listener<Name extends keyof DioramaEvents> = (detail: DioramaEvents[Name]) => void
type Listeners = { [Name in keyof DioramaEvents]?: Set<Listener<Name>> }

export class DioramaSession {
  readonly project: string
  private readonly connection: Connection
  private readonly listeners: Listeners = {}
  private readonly release: () => void
  private video: HTMLVideoElement | null = null
  private stream: MediaStream | null = null
  private leaving: Promise<void> | null = null
  private stays = false
  /** Whether the page itself asked for it, and how many components hold it. */
  private owned = false
  private holds = 0
  private attachings = 0

  /** Pages call `connect`, which makes one session a tab and project. */
  constructor(options: ConnectOptions & { clientId: string }, release: () => void) {
    this.project = options.project
    this.release = release
    this.connection = new Connection(
      {
        server: options.server ?? location.origin,
        project: options.project,
        region: options.region ?? null,
        clientId: options.clientId,
        device: deviceLabel(navigator.userAgent),
        token: options.token ?? null,
      },
      {
        onEmitted: (emitted) => {
          this.handleEmitted(emitted)
        },
        onStats: (stats) => {
          this.emit('stats', stats)
        },
        onMessage: (data) => {
          this.emit('message', data)
        },
        onStream: (stream) => {
          this.show(stream)
        },
      },
    )
  }

  /** One of the seven states. */
  get state(): SessionState {
    return stateOf(this.connection.model)
  }

  /** The session as the gateway told it last; null while it is requested. */
  get view(): SessionView | null {
    return this.connection.model.session
  }

  /** What this page's peer connection does: by it a wait for the world differs from one for video. */
  get media(): MediaState {
    return mediaOf(this.connection.model)
  }

  /** The repair under way, or null. */
  get reconnecting(): Reconnecting | null {
    return reconnectingOf(this.connection.model)
  }

  get ended(): boolean {
    return this.connection.model.end !== null
  }

  /** How it ended; null while it lives. */
  get end(): Ended | null {
    const { end, problem } = this.connection.model
    return end && { ...end, problem }
  }

  /** Listens to one event; returns how to stop. */
  on<Name extends keyof DioramaEvents>(name: Name, listener: Listener<Name>): () => void {
    const known: Set<Listener<Name>> = this.listeners[name] ?? new Set<Listener<Name>>()
    Object.assign(this.listeners, { [name]: known })
    known.add(listener)
    return () => {
      known.delete(listener)
    }
  }

  /** Sends any JSON to the world; resolves to whether the world has taken it. Never rejects. */
  send(data: unknown): Promise<boolean> {
    return this.connection.sendMessage(data)
  }

  /** Sends a text prompt; returns whether there is a world to take it. */
  prompt(text: string): boolean {
    return this.connection.sendPrompt(text)
  }

  /** Sends one input event; `attachInput` does so for everything a viewer does. */
  input(event: InputEvent): boolean {
    return this.connection.sendInput(event)
  }

  /** Returns the figures of the last second; null before the first frame. */
  stats(): StreamStats | null {
    return this.connection.stats
  }

  /** Shows the session in another video element, or in none. */
  attach(video: HTMLVideoElement | null): void {
    this.attachings += 1
    if (this.video && this.video !== video) this.video.srcObject = null
    this.video = video
    if (this.stream) this.show(this.stream)
  }

  /** Called by `Stage`: shows it no more in this element, unless it is attached again at once. */
  detach(video: HTMLVideoElement): void {
    const { attachings } = this
    setTimeout(() => {
      if (this.attachings === attachings && this.video === video) this.attach(null)
    }, 0)
  }

  /**
   * Ends the session. It ends in the next task, so that a component which is taken down and put up
   * again at once finds it alive; resolves when it has ended, or was asked for again.
   */
  disconnect(): Promise<void> {
    this.owned = false
    this.stays = false
    this.leaving ??= new Promise((resolve) => {
      setTimeout(() => {
        this.leaving = null
        if (!this.stays && !this.ended) this.connection.leave(1000)
        resolve()
      }, 0)
    })
    return this.leaving
  }

  /** Called by `connect`: starts the session. */
  start(): void {
    // In a task of its own, so that whoever asked can listen before the first event.
    setTimeout(() => {
      this.connection.start()
    }, 0)
  }

  /** Called by `connect`: the page wants it, until it disconnects. */
  keep(video: HTMLVideoElement | undefined): void {
    this.owned = true
    this.stays = true
    if (video) this.attach(video)
  }

  /** Called by `hold`: one component more wants it; returns how that one lets go, once. */
  hold(): () => void {
    this.holds += 1
    this.stays = true
    let held = true
    return () => {
      if (!held) return
      held = false
      this.holds -= 1
      if (this.holds === 0 && !this.owned && !this.ended) void this.disconnect()
    }
  }

  private handleEmitted({ name, detail }: Emitted): void {
    if (name === 'ended') this.release()
    this.emit(name, detail)
  }

  private emit<Name extends keyof DioramaEvents>(name: Name, detail: DioramaEvents[Name]): void {
    const known: ReadonlySet<Listener<Name>> | undefined = this.listeners[name]
    for (const listener of [...(known ?? [])]) listener(detail)
  }

  /** Shows a stream; one that takes another's place waits for its first packet. */
  private show(stream: MediaStream): void {
    this.stream = stream
    const { video } = this
    if (!video || video.srcObject === stream) return
    const track = stream.getVideoTracks()[0]
    if (video.srcObject && track?.muted) {
      track.addEventListener(
        'unmute',
        () => {
          this.showNow(stream)
        },
        { once: true },
      )
      return
    }
    this.showNow(stream)
  }

  private showNow(stream: MediaStream): void {
    const { video } = this
    if (!video || stream !== this.stream) return
    video.srcObject = stream
    video.play().catch(() => {
      // Browsers play sound only after a gesture, but a silent picture always.
      video.muted = true
      video.play().catch(() => {
        /* the page took the element away */
      })
    })
  }
}

type Registry = Map<string, DioramaSession>

/** Returns the page's sessions, kept outside of this module so that replacing it loses none. */
function registry(): Registry {
  const page = globalThis as { __dioramaSessions?: Registry }
  return (page.__dioramaSessions ??= new Map<string, DioramaSession>())
}

/** Opens a session, or returns the one this page has of the same client and project. */
export function connect(options: ConnectOptions): DioramaSession {
  const session = open(options)
  session.keep(options.video)
  return session
}

/** A session as a component has it. */
export interface Held {
  readonly session: DioramaSession
  /** Lets go; the session ends in the next task if nobody else holds it or asked for it. */
  release(): void
}

/** Opens a session as `connect` does, for a component that may be put up and taken down at will. */
export function hold(options: ConnectOptions): Held {
  const session = open(options)
  if (options.video) session.attach(options.video)
  return { session, release: session.hold() }
}

function open(options: ConnectOptions): DioramaSession {
  const clientId = options.clientId ?? tabClientId()
  const key = JSON.stringify([options.server ?? location.origin, options.project, clientId])
  const sessions = registry()
  const known = sessions.get(key)
  if (known && !known.ended) return known
  const session = new DioramaSession({ ...options, clientId }, () => {
    if (sessions.get(key) === session) sessions.delete(key)
  })
  sessions.set(key, session)
  session.start()
  return session
}
