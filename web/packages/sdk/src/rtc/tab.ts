/**
 * The name of this tab, kept for as long as the tab lives: by it a reload, a hot module replacement
 * or a second component continues the session this tab has, and no other tab can.
 */
const KEY = 'diorama.client_id'
const BYTES = 16

let inMemory: string | null = null

/** Returns the tab's client id; a page that may store nothing keeps it until it is reloaded. */
export function tabClientId(): string {
  const known = read() ?? inMemory
  if (known !== null && /^[A-Za-z0-9_-]{16,64}$/.test(known)) return known
  inMemory = randomName()
  write(inMemory)
  return inMemory
}

/** Returns 128 random bits as text. Pages over plain HTTP have no `crypto.randomUUID`. */
export function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function read(): string | null {
  try {
    return sessionStorage.getItem(KEY)
  } catch {
    return null // storage is forbidden here, as in some embedded pages
  }
}

function write(clientId: string): void {
  try {
    sessionStorage.setItem(KEY, clientId)
  } catch {
    // the id in memory serves until the page goes
  }
}
