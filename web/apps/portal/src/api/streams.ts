/** Reads a stream of server-sent events by `fetch`: `EventSource` can send no header. */
import { headersOf } from './client.ts'
import { type ServerSent, ServerSentReader } from './serverSent.ts'

/** Three times as long as a gateway ever keeps silent. */
const SILENT_MS = 45_000

/** Why there is no stream: `status` is the answer's. */
export class NoStream extends Error {
  readonly status: number

  constructor(status: number) {
    super('there is no stream')
    this.name = 'NoStream'
    this.status = status
  }
}

/** Reads one stream to its end, and hands on its events as they come, those of a moment together. */
export async function readStream(
  path: string,
  signal: AbortSignal,
  take: (events: readonly ServerSent[]) => void | Promise<void>,
): Promise<void> {
  const headers = { ...headersOf('GET'), Accept: 'text/event-stream' }
  const answer = await fetch(path, { headers, signal })
  if (!answer.ok || answer.body === null) throw new NoStream(answer.status)
  const pieces = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  const reader = new ServerSentReader()
  for (;;) {
    const { done, value } = await heard(pieces.read())
    if (done) return
    await take(reader.take(value))
  }
}

/** Waits, but not on when the signal says that nobody waits any more. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    const stop = (): void => {
      clearTimeout(timer)
      resolve()
    }
    signal.addEventListener('abort', stop, { once: true })
  })
}

/** Returns what a stream says next; fails where it says nothing for so long that it must be dead. */
async function heard<T>(said: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const dead = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('the stream is silent'))
    }, SILENT_MS)
  })
  try {
    return await Promise.race([said, dead])
  } finally {
    clearTimeout(timer)
  }
}
