/** What a page shows of a session, read from the model and held nowhere else. */
import type { SessionState } from '@diorama/protocol'

import { finalState } from './ends.ts'
import type { MediaState, Model, Reconnecting } from './model.ts'

/**
 * Returns the session's state. The gateway's word counts, but frames reach this viewer only where
 * this page's media plays: a reload joins a session that streams already, and is `connecting`.
 */
export function stateOf(model: Model): SessionState {
  if (model.end) return finalState(model.end.code)
  const told = model.session?.state ?? 'requesting'
  if (told !== 'streaming' && told !== 'idle') return told
  return isPlaying(model) ? told : 'connecting'
}

/** Returns whether frames come, counting a connection lost so lately that repair has not begun. */
function isPlaying({ media, socket }: Model): boolean {
  if (media.at === 'connected') return media.playing
  return media.at === 'lost' && media.asked === 'nothing' && socket.at === 'open'
}

export function mediaOf({ media }: Model): MediaState {
  if (media.at !== 'connected') return media.at
  return media.playing ? 'playing' : 'connecting'
}

/** Returns the repair under way, or null. */
export function reconnectingOf(model: Model): Reconnecting | null {
  if (model.end || model.opening.at !== 'answered') return null
  const live = model.media.at === 'connected' && model.media.playing
  const { socket, media } = model
  if (model.welcomed && (socket.at === 'waiting' || socket.at === 'opening')) {
    return { step: 'socket', attempt: socket.attempt, live }
  }
  if (!model.played || live) return null
  if (media.at !== 'lost') return { step: 'peer', attempt: 0, live }
  return media.asked === 'nothing' ? null : { step: media.asked, attempt: media.attempt, live }
}
