/**
 * The other player tabs of this browser: who is refused because they hold the places can end one of
 * them from here. A refusal tells a visitor of nobody else's sessions, so the tabs say themselves
 * what they hold. Tabs of one origin hear each other and nobody else does.
 */
import type { SessionState } from '@diorama/sdk'

const CHANNEL = 'diorama.player'
const ANSWER_WITHIN_MS = 500

/** What a tab holds, in the words of a refusal's `holders`. */
export interface Sibling {
  readonly session: string
  readonly project: string
  readonly state: SessionState
  readonly age_s: number
}

type Word =
  | { readonly say: 'who_is_there' }
  | { readonly say: 'mine'; readonly sibling: Sibling }
  | { readonly say: 'end'; readonly session: string }

export interface OwnSession {
  /** This tab's live session, or null. */
  readonly live: () => Sibling | null
  readonly end: () => void
}

const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(CHANNEL) : null

/** Answers other tabs for as long as the page lives. */
export function listenToSiblings(own: OwnSession): void {
  channel?.addEventListener('message', ({ data }: MessageEvent<Word>) => {
    const sibling = own.live()
    if (sibling === null) return
    if (data.say === 'who_is_there') say({ say: 'mine', sibling })
    if (data.say === 'end' && data.session === sibling.session) own.end()
  })
}

/** Calls back with each session that another tab of this browser has. */
export function findOwn(found: (sibling: Sibling) => void): void {
  if (!channel) return
  const listening = new AbortController()
  channel.addEventListener(
    'message',
    ({ data }: MessageEvent<Word>) => {
      if (data.say === 'mine') found(data.sibling)
    },
    { signal: listening.signal },
  )
  say({ say: 'who_is_there' })
  setTimeout(() => {
    listening.abort()
  }, ANSWER_WITHIN_MS)
}

/** Ends the session of another tab. */
export function endThere(session: string): void {
  say({ say: 'end', session })
}

function say(word: Word): void {
  channel?.postMessage(word)
}
