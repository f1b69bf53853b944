/**
 * `/embed.js`: what a page that frames the player needs, and nothing else. It stands alone, for it
 * runs on other people's pages.
 *
 *     import { dioramaFrame } from 'https://gateway.example/embed.js'
 *     const frame = dioramaFrame(document.querySelector('iframe'))
 *     frame.on('state', ({ state }) => console.log(state))
 *     await frame.send('prompt', { text: 'make it rain' })
 */
import type { Command, Told } from './protocol.ts'

const HELLO_EVERY_MS = 250
const RESULT_WITHIN_MS = 10_000

type Name = Exclude<Told['type'], 'result'>
type Detail<Type extends Name> = Extract<Told, { type: Type }>
type Listener = (detail: never) => void

export interface DioramaFrame {
  /** Listens to one kind of message; returns how to stop. */
  on<Type extends Name>(type: Type, listener: (detail: Detail<Type>) => void): () => void
  /** Asks the player; resolves to whether it did what was asked. Never rejects. */
  send(type: Exclude<Command['type'], 'hello'>, fields?: object): Promise<boolean>
  /** Stops listening and talking. The session ends when the frame is removed. */
  close(): void
}

/** Talks to the player in a frame; the frame may be loading, or be loaded again later. */
export function dioramaFrame(frame: HTMLIFrameElement): DioramaFrame {
  const player = new URL(frame.src, document.baseURI).origin
  const listeners = new Map<string, Set<Listener>>()
  const waiting = new Map<number, (ok: boolean) => void>()
  const listening = new AbortController()
  const { signal } = listening
  let asked = 0
  let heard = false

  const post = (message: object) => {
    frame.contentWindow?.postMessage({ diorama: 1, ...message }, player)
  }
  const hello = () => {
    heard = false
    post({ type: 'hello' })
  }
  const handle = ({ source, origin, data }: MessageEvent<unknown>) => {
    if (source !== frame.contentWindow || origin !== player) return
    if (typeof data !== 'object' || data === null) return
    const told = data as { readonly diorama?: unknown } & Told
    if (told.diorama !== 1) return
    heard = true
    if (told.type === 'result') {
      waiting.get(told.id)?.(told.ok)
      return
    }
    for (const listener of [...(listeners.get(told.type) ?? [])]) listener(told as never)
  }
  addEventListener('message', handle, { signal })
  frame.addEventListener('load', hello, { signal })
  // A frame that was there before this script has loaded already; one that has not takes no hello.
  const knocking = setInterval(() => {
    if (heard) clearInterval(knocking)
    else if (isThere(frame)) post({ type: 'hello' })
  }, HELLO_EVERY_MS)

  return {
    on(type, listener) {
      const known = listeners.get(type) ?? new Set()
      listeners.set(type, known)
      known.add(listener)
      return () => {
        known.delete(listener)
      }
    },
    send(type, fields = {}) {
      asked += 1
      const id = asked
      return new Promise((resolve) => {
        const answer = (ok: boolean) => {
          waiting.delete(id)
          clearTimeout(late)
          resolve(ok)
        }
        const late = setTimeout(answer, RESULT_WITHIN_MS, false)
        waiting.set(id, answer)
        post({ ...fields, type, id })
      })
    },
    close() {
      clearInterval(knocking)
      listening.abort()
    },
  }
}

/** Whether another origin's page is in the frame: that of the first, blank one can be read. */
function isThere(frame: HTMLIFrameElement): boolean {
  try {
    return frame.contentDocument?.URL !== 'about:blank'
  } catch {
    return true
  }
}
