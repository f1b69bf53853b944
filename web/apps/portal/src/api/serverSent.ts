/** Server-sent events as text comes in (HTML, section 9.2.6): pure, one reader for one stream. */

export interface ServerSent {
  readonly type: string
  readonly data: string
  readonly id: string | null
}

const MAX_CHARACTERS = 4_000_000

/** Takes pieces of a stream, gives the events that are whole. */
export class ServerSentReader {
  #rest = ''
  #type = ''
  #data: string[] = []
  #id: string | null = null

  /** Returns the events that this piece completes; throws if one never ends. */
  take(piece: string): ServerSent[] {
    this.#rest += piece
    if (this.#rest.length > MAX_CHARACTERS) throw new Error('an event is too long')
    const lines = this.#rest.split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop() ?? ''
    return lines.flatMap((line) => this.#line(line) ?? [])
  }

  #line(line: string): ServerSent | null {
    if (line === '') return this.#whole()
    const at = line.indexOf(':')
    const name = at === -1 ? line : line.slice(0, at)
    const value = at === -1 ? '' : line.slice(at + 1).replace(/^ /, '')
    if (name === 'event') this.#type = value
    if (name === 'data') this.#data.push(value)
    if (name === 'id' && !value.includes('\0')) this.#id = value
    return null
  }

  #whole(): ServerSent | null {
    const type = this.#type === '' ? 'message' : this.#type
    const data = this.#data
    this.#type = ''
    this.#data = []
    return data.length === 0 ? null : { type, data: data.join('\n'), id: this.#id }
  }
}
