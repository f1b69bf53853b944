/** Whether a page's message fits the channel to the world: told before anything is sent. */

/** Of a message with its envelope, as UTF-8. Source: diorama.protocol.channel, MAX_BYTES. */
export const MAX_MESSAGE_BYTES = 16 * 1024

/** A message that no world could be sent: the page's own mistake, so it is thrown. */
export class MessageRefused extends Error {
  override readonly name = 'MessageRefused'
  readonly code: 'too_large' | 'not_json'

  constructor(code: 'too_large' | 'not_json', message: string) {
    super(message)
    this.code = code
  }
}

/** Returns a message as it goes on the channel. Raises MessageRefused where it cannot. */
export function messageText(data: unknown, id: number): string {
  if (data === undefined) throw new MessageRefused('not_json', 'A message must be JSON.')
  const text = stringify({ type: 'message', data, id })
  const bytes = byteLength(text)
  if (bytes <= MAX_MESSAGE_BYTES) return text
  throw new MessageRefused(
    'too_large',
    `A message of ${bytes} bytes with its envelope is more than ${MAX_MESSAGE_BYTES}.`,
  )
}

export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length
}

function stringify(message: { type: 'message'; data: unknown; id: number }): string {
  const failed = (why: string) => new MessageRefused('not_json', `A message must be JSON: ${why}`)
  try {
    const text = JSON.stringify(message)
    if ('data' in (JSON.parse(text) as object)) return text
  } catch (error) {
    throw failed(error instanceof Error ? error.message : String(error))
  }
  throw failed('a function or a symbol is none.')
}
