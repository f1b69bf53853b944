/** What the watch page reads from its address, and the words it has for how the watch goes. */

const WORTH_ANOTHER: ReadonlySet<string> = new Set([
  'replaced',
  'spectator_limit',
  'spectator_lost',
  'left',
])

/** Returns the session that a path such as `/watch/ses_...` names. */
export function sessionOfPath(path: string): string {
  return decodeURIComponent(/^\/watch\/([^/]+)\/?$/.exec(path)?.[1] ?? '')
}

/** Returns the token behind the `#`, which reaches no server by itself. */
export function tokenOf(hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? ''
}

/** Returns how many watch, in words. */
export function countWords(spectators: number): string {
  return spectators === 1 ? '1 watches' : `${String(spectators)} watch`
}

/** Returns the title of the last card. */
export function endTitle(reason: string): string {
  if (reason === 'session_ended') return 'The session is over'
  if (reason === 'spectator_limit') return 'There is no room now'
  if (reason === 'replaced') return 'Watched elsewhere'
  if (reason === 'spectator_lost') return 'The connection was lost'
  return 'This cannot be watched'
}

/** Returns whether trying once more may help. */
export function isWorthAnother(reason: string): boolean {
  return WORTH_ANOTHER.has(reason)
}
