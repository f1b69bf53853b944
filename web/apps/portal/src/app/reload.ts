/** Loads this page anew when a gateway answers again, but not over and over where that is no help. */
import { pause } from '../api/streams.ts'

const ASK_AGAIN_MS = 2_000
const NOT_AGAIN_MS = 60_000
const KEPT = 'diorama-reloaded-at'

/** Asks until a gateway answers, and then loads the page anew: once a minute at most. */
export async function reloadOnceReached(
  signal: AbortSignal,
  reload = (): void => {
    location.reload()
  },
): Promise<void> {
  if (Date.now() - Number(sessionStorage.getItem(KEPT)) < NOT_AGAIN_MS) return
  while (!signal.aborted) {
    if (await isReached(signal)) {
      sessionStorage.setItem(KEPT, String(Date.now()))
      reload()
      return
    }
    await pause(ASK_AGAIN_MS, signal)
  }
}

async function isReached(signal: AbortSignal): Promise<boolean> {
  try {
    const answer = await fetch('/healthz', { signal, cache: 'no-store' })
    return answer.ok
  } catch {
    return false // none answers, or nobody waits any more
  }
}
