/**
 * `<diorama-stream project="cove">`: a session in a page without a line of script. It has no
 * controls of its own: the page styles its parts, listens to its events, and puts what it wants
 * over the picture as its children. Importing this module defines the element.
 */
import type { Ended } from './core/model.ts'
import type { AttachedInput, InputOptions } from './rtc/input.ts'
import {
  type ConnectOptions,
  type DioramaEvents,
  type DioramaSession,
  type Held,
  hold,
} from './session.ts'
import { Stage } from './stage.ts'

const NAME = 'diorama-stream'
/** Every event of a session, each named once. */
const EVENTS: Readonly<Record<keyof DioramaEvents, true>> = {
  state: true,
  session: true,
  queue: true,
  media: true,
  attached: true,
  warning: true,
  warning_over: true,
  reconnecting: true,
  reconnected: true,
  restarting: true,
  stats: true,
  message: true,
  autoplay_blocked: true,
  muted: true,
  error: true,
  ended: true,
}

/** What counts when the next session is opened, and disturbs none that is. */
const LATER: ReadonlySet<string> = new Set([
  'auto-restart',
  'when-hidden',
  'hidden-for-s',
  'ice-transport-policy',
])
const WHEN_HIDDEN = ['keep', 'pause_input', 'disconnect'] as const

const SHADOW = `
<style>
  :host { display: block; position: relative; aspect-ratio: 16 / 9; background: #000; overflow: hidden }
  :host([hidden]) { display: none }
  video { display: block; width: 100%; height: 100%; object-fit: contain; outline: none }
  div { position: absolute; inset: 0; pointer-events: none }
  ::slotted(*) { pointer-events: auto }
</style>
<video part="video" playsinline tabindex="0"></video>
<div part="overlay"><slot></slot></div>`

type EventName<Name extends string> = `diorama-${Name extends 'warning_over'
  ? 'warning-over'
  : Name extends 'autoplay_blocked'
    ? 'autoplay-blocked'
    : Name}`

/** The events of the element: those of the session, as `CustomEvent`s with the same details. */
export type DioramaStreamEvents = {
  readonly [Name in keyof DioramaEvents as EventName<Name>]: CustomEvent<DioramaEvents[Name]>
}

// Where there is no page, as when a server renders, the module may be imported all the same.
const Base = ('HTMLElement' in globalThis ? HTMLElement : Object) as typeof HTMLElement

export class DioramaStreamElement extends Base {
  static readonly observedAttributes = [
    'project',
    'server',
    'region',
    'client-id',
    'muted',
    'input',
    'pointer-lock',
    'auto-restart',
    'when-hidden',
    'hidden-for-s',
    'ice-transport-policy',
  ]
  /** What fetches a ticket for each request; set it before the element is put up, as the others. */
  getTicket: NonNullable<ConnectOptions['getTicket']> | null = null
  /** The secret of a share link. */
  share: string | null = null
  /** A ticket or key, for projects that are not public. */
  token: NonNullable<ConnectOptions['token']> | null = null
  private held: Held | null = null
  private stage: Stage | null = null
  private stops: (() => void)[] = []
  private changing = false
  private readonly picture: HTMLVideoElement

  constructor() {
    super()
    const root = this.attachShadow({ mode: 'open', delegatesFocus: true })
    root.innerHTML = SHADOW
    const video = root.querySelector('video')
    if (!video) throw new Error('The element has its video by its own markup.')
    this.picture = video
  }

  /** The session; null while the element is not in a page, or names no project. */
  get session(): DioramaSession | null {
    return this.held?.session ?? null
  }

  /** The video element that shows it. */
  get video(): HTMLVideoElement {
    return this.picture
  }

  /** What hears the viewer; null before the first frame, after the end, and where input is off. */
  get input(): AttachedInput | null {
    return this.stage?.input ?? null
  }

  get end(): Ended | null {
    return this.session?.end ?? null
  }

  /** Sends any JSON to the world; see `DioramaSession.send`. */
  send(data: unknown): Promise<boolean> {
    return this.session?.send(data) ?? Promise.resolve(false)
  }

  prompt(text: string): boolean {
    return this.session?.prompt(text) ?? false
  }

  disconnect(): Promise<void> {
    return this.session?.disconnect() ?? Promise.resolve()
  }

  /** Opens a new session after the end of the last. */
  restart(): void {
    this.takeDown()
    this.putUp()
  }

  connectedCallback(): void {
    this.putUp()
  }

  disconnectedCallback(): void {
    this.takeDown()
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after) return
    if (name === 'muted') this.picture.muted = after !== null
    else if (name === 'input' || name === 'pointer-lock') this.stage?.setInput(this.inputOptions())
    else if (this.held && !LATER.has(name)) this.changeProject()
  }

  /** Several attributes may change at once: it starts again when they have. */
  private changeProject(): void {
    if (this.changing) return
    this.changing = true
    queueMicrotask(() => {
      this.changing = false
      if (this.isConnected) this.restart()
    })
  }

  private putUp(): void {
    const options = this.connectOptions()
    if (!this.isConnected || this.held || !options) return
    this.picture.muted = this.hasAttribute('muted')
    const held = hold(options)
    this.held = held
    this.stage = new Stage(held.session, this.picture, this.inputOptions())
    const names = Object.keys(EVENTS) as (keyof DioramaEvents)[]
    this.stops = names.map((name) => this.forward(held.session, name))
    this.showState()
  }

  private takeDown(): void {
    for (const stop of this.stops) stop()
    this.stops = []
    this.stage?.strike()
    this.stage = null
    this.held?.release()
    this.held = null
    this.removeAttribute('state')
  }

  private forward(session: DioramaSession, name: keyof DioramaEvents): () => void {
    return session.on(name, (detail) => {
      if (name === 'state' || name === 'ended') this.showState()
      this.dispatchEvent(new CustomEvent(`diorama-${name.replaceAll('_', '-')}`, { detail }))
    })
  }

  /** The state is an attribute, for style sheets: `diorama-stream[state="queued"]`. */
  private showState(): void {
    if (this.session) this.setAttribute('state', this.session.state)
  }

  private connectOptions(): ConnectOptions | null {
    const project = this.getAttribute('project')
    if (project === null || project === '') return null
    const [server, region] = [this.getAttribute('server'), this.getAttribute('region')]
    const clientId = this.getAttribute('client-id')
    return {
      project,
      ...(server !== null && { server }),
      ...(region !== null && { region }),
      ...(clientId !== null && { clientId }),
      ...this.credentials(),
      ...this.policyOptions(),
      ...(this.getAttribute('ice-transport-policy') === 'relay' && { iceTransportPolicy: 'relay' }),
    }
  }

  private credentials(): Pick<ConnectOptions, 'getTicket' | 'share' | 'token'> {
    return {
      ...(this.getTicket !== null && { getTicket: this.getTicket }),
      ...(this.share !== null && { share: this.share }),
      ...(this.token !== null && { token: this.token }),
    }
  }

  private policyOptions(): Pick<ConnectOptions, 'autoRestart' | 'whenHidden' | 'hiddenForS'> {
    const whenHidden = WHEN_HIDDEN.find((each) => each === this.getAttribute('when-hidden'))
    const hiddenForS = Number(this.getAttribute('hidden-for-s') ?? NaN)
    return {
      autoRestart: this.hasAttribute('auto-restart'),
      ...(whenHidden && { whenHidden }),
      ...(Number.isFinite(hiddenForS) && { hiddenForS }),
    }
  }

  private inputOptions(): InputOptions | null {
    if (this.getAttribute('input') === 'off') return null
    return { pointerLock: this.hasAttribute('pointer-lock') }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'diorama-stream': DioramaStreamElement
  }
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- how the platform is told
  interface HTMLElementEventMap extends DioramaStreamEvents {}
}

if ('customElements' in globalThis && !customElements.get(NAME)) {
  customElements.define(NAME, DioramaStreamElement)
}
