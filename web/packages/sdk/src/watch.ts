/**
 * Watching a session of somebody else's: its picture, and nothing else. It speaks WHEP, comes back by
 * itself after a lost connection, and ends when the session does.
 */
import { delayMs } from './core/backoff.ts'
import { hasWebRtc } from './core/browser.ts'
import { endedBy, type Heard, nextStep, type WatchEnded } from './core/watching.ts'
import { type Answered, deleteWatch, lookAt, postOffer } from './rtc/whep.ts'

export type { WatchEnded } from './core/watching.ts'

/** `waiting`: for a connection, the first one or another. */
export type WatchState = 'waiting' | 'watching' | 'ended'

export interface WatchOptions {
  /** The spectator's token. */
  readonly token: string
  /** Where the picture is shown. */
  readonly video?: HTMLVideoElement | undefined
  /** Those of the gateway unless given. */
  readonly iceServers?: readonly RTCIceServer[] | undefined
  /** `relay` lets the picture come by TURN servers alone; `all` unless given. */
  readonly iceTransportPolicy?: RTCIceTransportPolicy | undefined
}

export interface WatchEvents {
  state: WatchState
  /** How many watch the session. */
  spectators: number
  ended: WatchEnded
}

const LOOK_EVERY_MS = 5_000
const GATHERED_WITHIN_MS = 1_000
const SHOWN_WITHIN_MS = 15_000
const MOST_ATTEMPTS = 12

/** Watches a session; `url` is the WHEP endpoint that came with the token. */
export function watch(url: string, options: WatchOptions): Watch {
  return new Watch(url, options)
}

export class Watch {
  readonly #url: string
  readonly #options: WatchOptions
  readonly #heard = new Map<keyof WatchEvents, Set<(detail: never) => void>>()
  #state: WatchState = 'waiting'
  #ended: WatchEnded | null = null
  #spectators = 0
  #title = ''
  #stream: MediaStream | null = null
  #peer: RTCPeerConnection | null = null
  #resource: string | null = null
  #attempts = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #run = 0

  constructor(url: string, options: WatchOptions) {
    this.#url = url
    this.#options = options
    addEventListener('pagehide', this.#leavePage)
    addEventListener('pageshow', this.#comeBack)
    queueMicrotask(() => void this.#connect())
  }

  get state(): WatchState {
    return this.#state
  }

  get ended(): WatchEnded | null {
    return this.#ended
  }

  /** How many watch the session, as far as is known. */
  get spectators(): number {
    return this.#spectators
  }

  /** What the world is called, once that is known. */
  get title(): string {
    return this.#title
  }

  get stream(): MediaStream | null {
    return this.#stream
  }

  /** Calls `listener` with each event of a kind; the answer takes it off again. */
  on<Kind extends keyof WatchEvents>(
    kind: Kind,
    listener: (detail: WatchEvents[Kind]) => void,
  ): () => void {
    const listeners = this.#heard.get(kind) ?? new Set()
    this.#heard.set(kind, listeners)
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  }

  /** Watches no more. */
  stop(): void {
    this.#end(endedBy('left'))
  }

  readonly #leavePage = (): void => {
    this.#close()
  }

  /** A page that the browser kept whole goes on where it was. */
  readonly #comeBack = ({ persisted }: PageTransitionEvent): void => {
    if (persisted && this.#state !== 'ended') void this.#connect()
  }

  async #connect(): Promise<void> {
    this.#close()
    if (this.#state === 'ended') return
    if (!hasWebRtc()) {
      this.#end(endedBy('webrtc_missing'))
      return
    }
    const run = ++this.#run
    this.#attempts += 1
    this.#setState('waiting')
    const servers = this.#options.iceServers ?? (await this.#iceServers())
    if (run !== this.#run) return
    const peer = this.#newPeer(run, servers)
    const answered = await offer(peer, this.#url, this.#options.token)
    if (run !== this.#run) {
      if (answered.type === 'answered') deleteWatch(answered.resource, this.#options.token)
      return
    }
    if (answered.type !== 'answered') {
      this.#goOn(answered)
      return
    }
    this.#resource = answered.resource
    try {
      await peer.setRemoteDescription({ type: 'answer', sdp: answered.sdp })
    } catch {
      this.#goOn({ type: 'unanswered' })
      return
    }
    this.#lookIn(SHOWN_WITHIN_MS)
  }

  /** Asks before each offer, as credentials expire; who is not told offers all the same. */
  async #iceServers(): Promise<readonly RTCIceServer[]> {
    const seen = await lookAt(this.#url, this.#options.token, null)
    return seen.type === 'fares' ? seen.iceServers : []
  }

  #newPeer(run: number, iceServers: readonly RTCIceServer[]): RTCPeerConnection {
    const peer = new RTCPeerConnection({
      iceServers: [...iceServers],
      iceTransportPolicy: this.#options.iceTransportPolicy ?? 'all',
    })
    this.#peer = peer
    peer.addTransceiver('video', { direction: 'recvonly' })
    peer.addEventListener('track', ({ track }) => {
      const stream = new MediaStream([track])
      track.addEventListener('unmute', () => {
        if (run === this.#run) this.#show(stream)
      })
    })
    peer.addEventListener('connectionstatechange', () => {
      const over = ['disconnected', 'failed', 'closed'].includes(peer.connectionState)
      if (run === this.#run && over) void this.#look(true)
    })
    return peer
  }

  #show(stream: MediaStream): void {
    this.#stream = stream
    const { video } = this.#options
    if (video) {
      video.srcObject = stream
      void video.play().catch(() => {
        // the page shows the first picture, and a touch starts it
      })
    }
    this.#attempts = 0
    this.#setState('watching')
    void this.#look(false)
  }

  #lookIn(afterMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#look(this.#state !== 'watching'), afterMs)
  }

  /** Asks how the watch fares; `broken` is that its picture does not come. */
  async #look(broken: boolean): Promise<void> {
    const run = this.#run
    const seen = await lookAt(this.#url, this.#options.token, this.#resource)
    if (run !== this.#run) return
    if (seen.type === 'fares') {
      this.#title = seen.title
      this.#count(seen.spectators)
      if (seen.reason !== null) this.#goOn({ type: 'gone', reason: seen.reason })
      else if (broken && this.#peer?.connectionState !== 'connected') {
        this.#goOn({ type: 'gone', reason: 'lost' })
      } else this.#lookIn(LOOK_EVERY_MS)
    } else if (seen.type === 'unanswered' && !broken) this.#lookIn(LOOK_EVERY_MS)
    else this.#goOn(seen)
  }

  #goOn(heard: Heard): void {
    const next = nextStep(heard, this.#attempts, MOST_ATTEMPTS)
    if (next.type === 'over') {
      this.#end(next.ended)
      return
    }
    this.#close()
    this.#setState('waiting')
    const again = () => void this.#connect()
    this.#timer = setTimeout(again, delayMs(this.#attempts, Math.random()))
  }

  #count(spectators: number): void {
    if (spectators === this.#spectators) return
    this.#spectators = spectators
    this.#tell('spectators', spectators)
  }

  #end(ended: WatchEnded): void {
    if (this.#state === 'ended') return
    this.#close()
    removeEventListener('pagehide', this.#leavePage)
    removeEventListener('pageshow', this.#comeBack)
    this.#ended = ended
    this.#setState('ended')
    this.#tell('ended', ended)
  }

  /** Closes the connection there is; whatever was on its way is for nobody. */
  #close(): void {
    this.#run += 1
    clearTimeout(this.#timer)
    if (this.#resource !== null) deleteWatch(this.#resource, this.#options.token)
    this.#resource = null
    this.#peer?.close()
    this.#peer = null
  }

  #setState(state: WatchState): void {
    if (state === this.#state) return
    this.#state = state
    this.#tell('state', state)
  }

  #tell<Kind extends keyof WatchEvents>(kind: Kind, detail: WatchEvents[Kind]): void {
    for (const listener of this.#heard.get(kind) ?? []) {
      ;(listener as (detail: WatchEvents[Kind]) => void)(detail)
    }
  }
}

async function offer(
  peer: RTCPeerConnection,
  url: string,
  token: string,
): Promise<Answered | Heard> {
  try {
    await peer.setLocalDescription()
    await gathered(peer)
  } catch {
    return { type: 'unanswered' } // it was closed meanwhile
  }
  return postOffer(url, token, peer.localDescription?.sdp ?? '')
}

/** Waits for the candidates, all of which go with the offer; a slow server is done without. */
function gathered(peer: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    if (peer.iceGatheringState === 'complete') {
      resolve()
      return
    }
    const timer = setTimeout(resolve, GATHERED_WITHIN_MS)
    peer.addEventListener('icegatheringstatechange', () => {
      if (peer.iceGatheringState !== 'complete') return
      clearTimeout(timer)
      resolve()
    })
  })
}
