/** What a session's events tell the page around, and what that page's commands do to a session. */
import type { DioramaSession } from '@diorama/sdk'

import { setFullScreen } from '../tools.ts'
import type { Frame, FrameEvents } from './child.ts'

/** Tells the page around everything that a session tells this one. */
export function tellSession(frame: Frame, session: DioramaSession): void {
  session.on('state', (state) => {
    frame.tell({ type: 'state', state })
  })
  session.on('queue', (queue) => {
    frame.tell({ ...queue, type: 'queue' })
  })
  session.on('warning', ({ kind, seconds_left }) => {
    frame.tell({ type: 'warning', kind, seconds_left })
  })
  session.on('warning_over', ({ kind }) => {
    frame.tell({ type: 'warning_over', kind })
  })
  session.on('reconnecting', (repair) => {
    frame.tell({ ...repair, type: 'reconnecting' })
  })
  session.on('reconnected', () => {
    frame.tell({ type: 'reconnected' })
  })
  session.on('stats', (stats) => {
    frame.tell({ ...stats, type: 'stats' })
  })
  session.on('message', (data) => {
    frame.tell({ type: 'message', data })
  })
  session.on('ended', ({ code, name, reason, doing, retry, retry_limit, message }) => {
    frame.tell({ type: 'ended', code, name, reason, doing, retry, retry_limit, message })
  })
}

export interface Commanded {
  readonly session: () => DioramaSession | null
  readonly video: HTMLVideoElement
  readonly leave: () => void
  /** Starts a session where none lives; returns whether it did. */
  readonly start: (token: string | null) => boolean
}

export function commandsOf(commanded: Commanded): FrameEvents['onCommand'] {
  const { session, video, leave, start } = commanded
  return (command) => {
    switch (command.type) {
      case 'start':
        return start(command.token)
      case 'prompt':
        return session()?.prompt(command.text) ?? false
      case 'message':
        return (
          session()
            ?.send(command.data)
            .catch(() => false) ?? false
        )
      case 'mute':
        session()?.setMuted(command.muted)
        return session() !== null
      case 'fullscreen':
        return setFullScreen(command.on)
      case 'focus':
        video.focus({ preventScroll: true })
        return true
      case 'disconnect':
        leave()
        return session() !== null
    }
  }
}
