/**
 * What a page holds: one session, by the same object for as long as it lives, however often the page
 * asks for it. Components that mount twice (StrictMode) or are replaced while they run (HMR) find it
 * again by the tab's client id and the project.
 */
import type { InputEvent, OpenSession, SessionState, SessionView } from '@diorama/protocol'

import type { Diagnostics } from './diagnostics.ts'
import { verdict } from './core/diagnosis.ts'
import type {
  Emitted,
  Ended,
  MediaState,
  Policy,
  Reconnecting,
  SessionEvents,
  Warning,
} from './core/model.ts'
import { checkOptions, OptionRefused, originOf } from './core/options.ts'
import type { StreamStats } from './core/stats.ts'
import { projectOf } from './core/ticket.ts'
import { mediaOf, reconnectingOf, stateOf } from './core/views.ts'
import { warningsOf } from './core/warnings.ts'
import { Connection } from './rtc/connection.ts'
import { deviceLabel } from './rtc/device.ts'
import { Screen } from './rtc/screen.ts'
import { tabClientId } from './rtc/tab.ts'
import { VERSION } from './version.ts'

/** Shortens the project's own times; a longer one is cut to the project's. In seconds. */
export interface AfkOptions {
  readonly warnAfterS?: number | undefined
  readonly disconnectAfterS?: number | undefined
}

export interface ConnectOptions {
  /** What to play; a `ticket` names it too. */
  readonly project?: string | undefined
  /** Origin of the gateway; the page's own unless given. */
  readonly server?: string | undefined
  readonly region?: string | undefined
  readonly video?: HTMLVideoElement | undefined
  /** 16 to 64 letters, digits, `-` and `_`; a secret name of this tab unless given. */
  readonly clientId?: string | undefined
  /** A ticket from one's backend: it opens one session of its project. */
  readonly ticket?: string | undefined
  /** Fetches a ticket; called for each request for a session, so that there can be another one. */
  readonly getTicket?: (() => Promise<string>) | undefined
  /** The secret of a share link: what stands behind `#share=` in its address. */
  readonly share?: string | undefined
  /** A ticket or key, sent as a bearer; or what fetches one for each request. */
  readonly token?: string | (() => string | Promise<string>) | undefined
  /** Whether sound is off from the start; as the video element has it unless given. */
  readonly muted?: boolean | undefined
  readonly afk?: AfkOptions | undefined
  /** Opens a new session after an end that allows it; false unless given. */
  readonly autoRestart?: boolean | undefined
  /** `relay` lets media go by TURN servers alone; `all` unless given. */
  readonly iceTransportPolicy?: RTCIceTransportPolicy | undefined
  /** What becomes of a session whose page nobody sees; `keep` unless given. */
  readonly whenHidden?: 'keep' | 'pause_input' | 'disconnect' | undefined
  /** For `disconnect`: how long the page may be hidden before; 60 s unless given. */
  readonly hiddenForS?: number | undefined
}

type Known = ConnectOptions & {
  readonly project: string
  readonly server: string
  readonly clientId: string
}

/** All events of a session by name, with what their listeners are given. */
export interface DioramaEvents extends SessionEvents {
  stats: StreamStats
  message: unknown
  /** Sound is wanted and there, and waits for a gesture of the viewer. */
  autoplay_blocked: Record<string, never>
  muted: boolean
}

const HIDDEN_FOR_S = 60

type Listener<Name extends keyof DioramaEvents> = (detail: DioramaEvents[Name]) => void
type Listeners = { [Name in keyof DioramaEvents]?: Set<Listener<Name>> }

export class DioramaSession {
  readonly project: string
  /** Origin of the gateway. */
  readonly server: string
  private readonly connection: Connection
  private readonly listeners: Listeners = {}
  private readonly release: () => void
  private readonly screen: Screen
  private leaving: Promise<void> | null = null
  private stays = false
  /** Whether the page itself asked for it, and how many components hold it. */
  private owned = false
  private holds = 0
  private attachings = 0

  /** Pages call `connect`, which makes one session a tab and project. */
  constructor(options: Known, release: () => void) {
    this.project = options.project
    this.server = options.server
    this.release = release
    this.screen = new Screen(options.muted ?? null, {
      onBlocked: () => {
        this.emit('autoplay_blocked', {})
      },
      onMuted: (muted) => {
        this.emit('muted', muted)
      },
    })
    const wishes = {
      server: this.server,
      request: requestOf(options),
      policy: policyOf(options),
      iceTransportPolicy: options.iceTransportPolicy ?? 'all',
      pausesHidden: options.whenHidden === 'pause_input',
      token: () => credentialOf(options),
    }
    this.connection = new Connection(wishes, {
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
        this.screen.show(stream)
      },
      onShown: () => {
        this.screen.resume()
      },
    })
  }

  /** One of the seven states. */
  get state(): SessionState {
    return stateOf(this.connection.model)
  }

  /** The session as the gateway told it last; null while it is requested. */
  get view(): SessionView | null {
    return this.connection.model.session
  }

  /** Whether what is shown and done is kept: who shows the stream has to say so too. */
  get recorded(): boolean {
    return this.view?.recorded ?? false
  }

  /** What this page's peer connection does: by it a wait for the world differs from one for video. */
  get media(): MediaState {
    return mediaOf(this.connection.model)
  }

  /** The repair under way, or null. */
  get reconnecting(): Reconnecting | null {
    return reconnectingOf(this.connection.model)
  }

  /** What will end the session unless something is done, the first to do so in front. */
  get warnings(): Warning[] {
    return warningsOf(this.connection.model, performance.now())
  }

  /** Whether no sound is played: because nobody wants it, or because the browser waits for a gesture. */
  get muted(): boolean {
    return this.screen.muted
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

  /**
   * Sends any JSON to the world; resolves to whether the world has taken it, within 10 s. Rejects with
   * `MessageRefused`, before anything is sent, where it is no JSON or longer than 16 KiB.
   */
  async send(data: unknown): Promise<boolean> {
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

  /** Turns the sound off, or on: at once where the browser allows it, else with a gesture. */
  setMuted(muted: boolean): void {
    this.screen.setMuted(muted)
  }

  /** Returns all that helps to find out what is wrong, in JSON, with no secret and no address. */
  async getDiagnostics(): Promise<Diagnostics> {
    const { connection, screen } = this
    const known = await connection.facts()
    const facts = { ...known, video: screen.shows, soundBlocked: screen.soundBlocked }
    const { model, timeline } = connection
    const { id, region, version, attachment } = model.session ?? {}
    return {
      verdict: verdict(facts),
      at: new Date().toISOString(),
      sdk: VERSION,
      project: this.project,
      server: this.server,
      browser: navigator.userAgent,
      online: navigator.onLine,
      secureContext: isSecureContext,
      session: id ? { id, region, version, attachment } : null,
      codecs: model.codecs,
      restarts: model.restarts.inRow,
      warnings: this.warnings,
      ...facts,
      errors: timeline.filter(({ what }) => what === 'error'),
      timeline,
    }
  }

  /** Shows the session in another video element, or in none. */
  attach(video: HTMLVideoElement | null): void {
    this.attachings += 1
    this.screen.attach(video)
  }

  /** Called by `Stage`: shows it no more in this element, unless it is attached again at once. */
  detach(video: HTMLVideoElement): void {
    const { attachings } = this
    setTimeout(() => {
      if (this.attachings === attachings && this.screen.video === video) this.attach(null)
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
    if (name === 'ended') {
      this.release()
      this.screen.stop()
    }
    this.emit(name, detail)
  }

  private emit<Name extends keyof DioramaEvents>(name: Name, detail: DioramaEvents[Name]): void {
    const known: ReadonlySet<Listener<Name>> | undefined = this.listeners[name]
    for (const listener of [...(known ?? [])]) listener(detail)
  }
}

function policyOf({ autoRestart, whenHidden, hiddenForS }: ConnectOptions): Policy {
  return {
    autoRestart: autoRestart ?? false,
    hiddenForMs: whenHidden === 'disconnect' ? (hiddenForS ?? HIDDEN_FOR_S) * 1_000 : null,
  }
}

/** Returns what opens the project, where it is not public: for one request. */
async function credentialOf({ ticket, getTicket, token }: Known): Promise<string | null> {
  if (getTicket) return getTicket()
  if (ticket !== undefined) return ticket
  return typeof token === 'function' ? token() : (token ?? null)
}

function requestOf(options: Known): OpenSession {
  const { warnAfterS, disconnectAfterS } = options.afk ?? {}
  const afk = {
    ...(warnAfterS !== undefined && { warn_after_s: warnAfterS }),
    ...(disconnectAfterS !== undefined && { disconnect_after_s: disconnectAfterS }),
  }
  return {
    project: options.project,
    region: options.region ?? null,
    client_id: options.clientId,
    device: deviceLabel(navigator.userAgent),
    ...(options.afk && { afk }),
    ...(options.share !== undefined && { share: options.share }),
  }
}

type Registry = Map<string, DioramaSession>

/** Returns the page's sessions, kept outside of this module so that replacing it loses none. */
function registry(): Registry {
  const page = globalThis as { __dioramaSessions?: Registry }
  return (page.__dioramaSessions ??= new Map<string, DioramaSession>())
}

/**
 * Opens a session, or returns the one this page has of the same client and project. Raises
 * `OptionRefused` for an option that cannot be.
 */
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
  checkOptions(options)
  const server = originOf(options.server, location.origin)
  const clientId = options.clientId ?? tabClientId()
  const project = options.project ?? projectOf(options.ticket ?? '')
  if (project === null) throw new OptionRefused('project', 'name a project, or give a ticket')
  const key = JSON.stringify([server, project, clientId])
  const sessions = registry()
  const known = sessions.get(key)
  if (known && !known.ended) return known
  const session = new DioramaSession({ ...options, project, server, clientId }, () => {
    if (sessions.get(key) === session) sessions.delete(key)
  })
  sessions.set(key, session)
  session.start()
  return session
}
