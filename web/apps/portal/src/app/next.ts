/** Where somebody goes on who had to sign in first. Pure. */

/** What the history keeps beside the address of the sign-in, so that no server sees it. */
export interface SignInState {
  readonly next: string
}

/** Returns the path to go on at: only one of this portal, whatever the history says. */
export function nextPath(state: unknown): string {
  if (typeof state !== 'object' || state === null || !('next' in state)) return '/'
  const { next } = state
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/'
}

/** Returns the one-time secret of an address: what stands after its `#`, which no server sees. */
export function secretOf(hash: string): string {
  try {
    return decodeURIComponent(hash.replace(/^#/, ''))
  } catch {
    return ''
  }
}
