/** What is said of a repair: what is being done, and what becomes of the world meanwhile. Pure. */
import type { Reconnecting } from '@diorama/sdk'

import { clockWords } from './spans.ts'

/** Returns what only a socket's repair says, over a picture that goes on. */
export function liveWords({ attempt }: Reconnecting): string {
  return `Reconnecting to the server${triesWords(attempt)}… The picture goes on.`
}

/** Returns what a repair says before there was a picture: over the wait, which goes on. */
export function unseenWords({ attempt }: Reconnecting): string {
  return `Reconnecting to the server${triesWords(attempt)}…`
}

export interface LostWords {
  readonly title: string
  readonly step: string
  readonly kept: string
}

/** Returns what is said over a picture that stands; `keptS` is how long the world is still kept. */
export function lostWords(
  { step, attempt }: Reconnecting,
  keptS: number | null,
  online: boolean,
): LostWords {
  return {
    title: 'Connection lost',
    step: online
      ? `${stepWords(step)}${triesWords(attempt)}…`
      : 'This device is offline. It goes on as soon as there is a network.',
    kept: keptWords(keptS),
  }
}

function stepWords(step: Reconnecting['step']): string {
  switch (step) {
    case 'socket':
      return 'Reconnecting to the server'
    case 'ice':
      return 'Finding another way through the network'
    case 'peer':
      return 'Setting up the video anew'
  }
}

function triesWords(attempt: number): string {
  return attempt > 1 ? ` (try ${attempt})` : ''
}

function keptWords(keptS: number | null): string {
  if (keptS === null) return 'Your world is kept for a while, as you left it.'
  return keptS > 0
    ? `Your world is kept as you left it for ${clockWords(keptS)}.`
    : 'The time to come back is over. The session ends now.'
}
