/**
 * What the address brings behind its `#`, which browsers send nobody: a ticket, which is good once and
 * is taken out of the address at once, or the secret of a share link, which stays, so that a reload
 * and a copy of the address work.
 */
export interface Brought {
  readonly ticket: string | null
  readonly share: string | null
}

/** Returns what a fragment brings, and what is to be left of it. */
export function broughtBy(fragment: string): Brought & { readonly left: string } {
  const parts = new URLSearchParams(fragment.replace(/^#/, ''))
  const ticket = parts.get('ticket')
  const share = parts.get('share')
  parts.delete('ticket')
  const left = parts.toString()
  return { ticket, share, left: left === '' ? '' : `#${left}` }
}

/** Returns what this page's address brings, without a ticket in it any more. */
export function takeBrought(): Brought {
  const { ticket, share, left } = broughtBy(location.hash)
  if (ticket !== null) {
    history.replaceState(history.state, '', location.pathname + location.search + left)
  }
  return { ticket, share }
}
