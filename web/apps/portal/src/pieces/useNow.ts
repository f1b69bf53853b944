/** The time, for what counts up or down on a page: one clock for all of them, a beat a second. */
import { useSyncExternalStore } from 'react'

const BEAT_MS = 1_000
const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | null = null

/** Returns the time in milliseconds; the component is drawn again each second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === null) {
    now = Date.now()
    timer = setInterval(beat, BEAT_MS)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer)
      timer = null
    }
  }
}

function beat(): void {
  now = Date.now()
  for (const listener of listeners) listener()
}
