/**
 * Diorama in React. A component that mounts twice (StrictMode) or is replaced while it runs (Fast
 * Refresh) goes on with its session; one that is taken down for good ends it.
 */
import type { QueueView, SessionState, SessionView } from '@diorama/protocol'
import {
  type RefCallback,
  useCallback,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'

import type { Ended, MediaState, Reconnecting, Warning } from './core/model.ts'
import type { InputOptions } from './rtc/input.ts'
import { type ConnectOptions, type DioramaEvents, type DioramaSession, hold } from './session.ts'
import { Stage } from './stage.ts'

export interface UseDioramaOptions extends Omit<ConnectOptions, 'video'> {
  /** False asks for no session, as before a click; true unless given. */
  readonly enabled?: boolean | undefined
  /** How what the viewer does on the video goes to the world; true unless given. */
  readonly input?: boolean | InputOptions | undefined
}

/** A session as a component renders it. */
export interface Diorama {
  /** Put it on the `<video>` that is to show the session. */
  readonly videoRef: RefCallback<HTMLVideoElement>
  /** Null until the component is mounted, and while it is not enabled. */
  readonly session: DioramaSession | null
  readonly state: SessionState
  readonly view: SessionView | null
  /** The place in line; null outside of the queue. */
  readonly queue: QueueView | null
  readonly media: MediaState
  readonly reconnecting: Reconnecting | null
  readonly warnings: readonly Warning[]
  /** Whether no sound is played, whatever the reason. */
  readonly muted: boolean
  readonly end: Ended | null
  /** Opens a new session after the end of the last. */
  readonly restart: () => void
  readonly disconnect: () => Promise<void>
  readonly send: (data: unknown) => Promise<boolean>
  readonly prompt: (text: string) => boolean
  readonly setMuted: (muted: boolean) => void
}

type Shown = Pick<
  Diorama,
  'state' | 'view' | 'queue' | 'media' | 'reconnecting' | 'warnings' | 'muted' | 'end'
>

const NOTHING: Shown = {
  state: 'requesting',
  view: null,
  queue: null,
  media: 'none',
  reconnecting: null,
  warnings: [],
  muted: false,
  end: null,
}
const CHANGES = [
  'session',
  'state',
  'media',
  'reconnecting',
  'reconnected',
  'restarting',
  'warning',
  'warning_over',
  'muted',
  'autoplay_blocked',
  'ended',
] as const

/** Opens a session while the component is mounted, and renders it again when the session changes. */
export function useDiorama(options: UseDioramaOptions): Diorama {
  const [video, setVideo] = useState<HTMLVideoElement | null>(null)
  const { session, restart } = useSession(options)
  const shown = useShown(session)
  const stage = useRef<Stage | null>(null)
  const input = inputOf(options.input)
  const inputKey = JSON.stringify(input)

  useEffect(() => {
    if (!session || !video) return
    const made = new Stage(session, video, null)
    stage.current = made
    return () => {
      made.strike()
      stage.current = null
    }
  }, [session, video])
  useEffect(() => {
    stage.current?.setInput(JSON.parse(inputKey) as InputOptions | null)
  }, [session, video, inputKey])

  const disconnect = useCallback(() => session?.disconnect() ?? Promise.resolve(), [session])
  const send = useCallback(
    (data: unknown) => session?.send(data) ?? Promise.resolve(false),
    [session],
  )
  const prompt = useCallback((text: string) => session?.prompt(text) ?? false, [session])
  const setMuted = useCallback((muted: boolean) => session?.setMuted(muted), [session])
  return { ...shown, session, videoRef: setVideo, restart, disconnect, send, prompt, setMuted }
}

/** Calls `listener`, always its latest version, when the session emits `name`. */
export function useDioramaEvent<Name extends keyof DioramaEvents>(
  session: DioramaSession | null,
  name: Name,
  listener: (detail: DioramaEvents[Name]) => void,
): void {
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  })
  useEffect(
    () =>
      session?.on(name, (detail) => {
        latest.current(detail)
      }),
    [session, name],
  )
}

/** Holds a session for as long as the component is mounted, enabled, and asks for the same one. */
function useSession(options: UseDioramaOptions): {
  session: DioramaSession | null
  restart: () => void
} {
  const [session, setSession] = useState<DioramaSession | null>(null)
  const [round, setRound] = useState(0)
  const latest = useRef(options)
  useEffect(() => {
    latest.current = options
  })
  const { enabled = true, project, server, region, clientId } = options
  useEffect(() => {
    if (!enabled) return
    const held = hold(latest.current)
    setSession(held.session)
    return () => {
      held.release()
      setSession(null)
    }
  }, [enabled, project, server, region, clientId, round])
  const restart = useCallback(() => {
    setRound((before) => before + 1)
  }, [])
  return { session, restart }
}

function useShown(session: DioramaSession | null): Shown {
  const last = useRef(NOTHING)
  const subscribe = useCallback(
    (changed: () => void) => {
      const stops = session ? CHANGES.map((name) => session.on(name, changed)) : []
      return () => {
        for (const stop of stops) stop()
      }
    },
    [session],
  )
  const read = () => {
    const now = session ? shownOf(session) : NOTHING
    if (!isSame(last.current, now)) last.current = now
    return last.current
  }
  return useSyncExternalStore(subscribe, read, () => NOTHING)
}

function shownOf(session: DioramaSession): Shown {
  const { state, view, media, reconnecting, warnings, muted, end } = session
  return {
    state,
    view,
    queue: state === 'queued' ? (view?.queue ?? null) : null,
    media,
    reconnecting,
    warnings,
    muted,
    end,
  }
}

/** What is left of a warning's time passes by itself; its deadline tells two apart. */
function isSame(one: Shown, other: Shown): boolean {
  return textOf(one) === textOf(other)
}

function textOf({ warnings, ...rest }: Shown): string {
  return JSON.stringify([rest, warnings.map(({ kind, endsAtMs }) => [kind, endsAtMs])])
}

function inputOf(input: boolean | InputOptions | undefined): InputOptions | null {
  if (input === false) return null
  return typeof input === 'object' ? input : {}
}
