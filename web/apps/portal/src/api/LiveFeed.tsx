/**
 * Keeps what pages show at this moment's state: one stream of server-sent events for all of them.
 *
 * While there is none (a gateway restarts, a proxy holds streams back) pages ask again every few
 * seconds. A hidden page lets go of its stream: browsers allow a server only six connections.
 */
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { whoIsIn } from './me.ts'
import { NoStream, pause, readStream } from './streams.ts'
import { catchUp, NOTHING_OWED, type Owed, place, settle } from './watched.ts'

type LiveState = 'live' | 'asking'

const Live = createContext<LiveState>('asking')
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 15_000
const ASK_AGAIN_MS = 5_000
const NOT_SIGNED_IN = 401
const MOMENT_MS = 400

/** Returns whether what is shown is of this moment. */
export function useLiveState(): LiveState {
  return useContext(Live)
}

/** Returns how often a query that the stream keeps up to date asks by itself: not while it does. */
export function useRefresh(): number | false {
  return useLiveState() === 'live' ? false : ASK_AGAIN_MS
}

/** Keeps a stream while the page can be seen, and gives its children what it tells. */
export function LiveFeed({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient()
  const [state, setState] = useState<LiveState>('asking')
  useEffect(() => {
    let stop = new AbortController()
    const look = (): void => {
      stop.abort()
      stop = new AbortController()
      if (document.visibilityState === 'visible') void follow(client, stop.signal, setState)
      else setState('asking')
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => {
      document.removeEventListener('visibilitychange', look)
      stop.abort()
    }
  }, [client])
  return <Live value={state}>{children}</Live>
}

async function follow(
  client: QueryClient,
  signal: AbortSignal,
  tell: (state: LiveState) => void,
): Promise<void> {
  let wait = FIRST_WAIT_MS
  const isOver = (): boolean => signal.aborted
  while (!isOver()) {
    try {
      await readOne(client, signal, () => {
        wait = FIRST_WAIT_MS
        tell('live')
      })
    } catch {
      // Lost, refused or cut short: it is all the same, and asking again finds out.
    }
    if (isOver()) return
    tell('asking')
    await pause(wait * (0.5 + Math.random() / 2), signal)
    wait = Math.min(2 * wait, LONGEST_WAIT_MS)
  }
}

/** Reads one stream to its end; what was missed before it is asked again once it is complete. */
async function readOne(
  client: QueryClient,
  signal: AbortSignal,
  onComplete: () => void,
): Promise<void> {
  const debts = new Debts(client, signal)
  let isComplete = false
  try {
    await readStream('/v1/live', signal, async (events) => {
      for (const event of events) {
        if (event.type === 'over') await client.invalidateQueries(whoIsIn)
        if (event.type === 'ready') {
          isComplete = true
          catchUp(client)
          onComplete()
        }
        const owed = place(client, event, debts.owed)
        if (isComplete) debts.owe(owed)
      }
    })
  } catch (error) {
    if (error instanceof NoStream && error.status === NOT_SIGNED_IN)
      await client.invalidateQueries(whoIsIn)
    throw error
  }
}

/** What the news of a moment made doubtful, asked once the moment is over. */
class Debts {
  owed: Owed = NOTHING_OWED
  #timer: ReturnType<typeof setTimeout> | null = null
  readonly #client: QueryClient
  readonly #signal: AbortSignal

  constructor(client: QueryClient, signal: AbortSignal) {
    this.#client = client
    this.#signal = signal
  }

  owe(owed: Owed): void {
    if (owed === this.owed) return
    this.owed = owed
    if (this.#timer !== null) return
    this.#timer = setTimeout(() => {
      const due = this.owed
      this.#timer = null
      this.owed = NOTHING_OWED
      if (!this.#signal.aborted) settle(this.#client, due)
    }, MOMENT_MS)
  }
}
