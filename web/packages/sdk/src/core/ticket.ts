/**
 * What a page may read of its ticket: the project that it opens. Whether it is genuine, and what else
 * it allows, is the gateway's to say.
 */
const TICKET = /^dtk_[\w-]+\.([\w-]+)\.[\w-]+$/

/** Returns the project that a ticket names; null where it is none. */
export function projectOf(ticket: string): string | null {
  const claims = TICKET.exec(ticket)?.[1]
  if (claims === undefined) return null
  try {
    const said: unknown = JSON.parse(textOf(claims))
    const project = inside(inside(said, 'ticket'), 'project')
    return typeof project === 'string' && project !== '' ? project : null
  } catch {
    return null // no base64, no UTF-8 or no JSON
  }
}

function textOf(base64url: string): string {
  const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}

function inside(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, name)
  return isObject ? (value as Record<string, unknown>)[name] : undefined
}
