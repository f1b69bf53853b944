/**
 * The other player tabs of this browser: who is refused because they hold the places can end one of
 * them from here. Tabs of one origin hear each other and nobody else does.
 */
const CHANNEL = 'diorama.player'
const ANSWER_WITHIN_MS = 500

type Word =
  | { readonly say: 'who_has'; readonly sessions: readonly string[] }
  | { readonly say: 'mine'; readonly session: string }
  | { readonly say: 'end'; readonly session: string }

export interface OwnSession {
  /** The id of this tab's live session, or null. */
  readonly id: () => string | null
  readonly end: () => void
}

const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(CHANNEL) : null

/** Answers other tabs for as long as the page lives. */
export function listenToSiblings(own: OwnSession): void {
  channel?.addEventListener('message', ({ data }: MessageEvent<Word>) => {
    const id = own.id()
    if (id === null) return
    if (data.say === 'who_has' && data.sessions.includes(id)) say({ say: 'mine', session: id })
    if (data.say === 'end' && data.session === id) own.end()
  })
}

/** Calls back with each of these sessions that another tab of this browser has. */
export function findOwn(sessions: readonly string[], found: (session: string) => void): void {
  if (!channel || sessions.length === 0) return
  const listening = new AbortController()
  channel.addEventListener(
    'message',
    ({ data }: MessageEvent<Word>) => {
      if (data.say === 'mine' && sessions.includes(data.session)) found(data.session)
    },
    { signal: listening.signal },
  )
  say({ say: 'who_has', sessions })
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
