/** What the gateway wrote into the page, and what its clock shows. */

export interface Facts {
  /** Origins that may frame this page, beside its own. */
  readonly framers: readonly string[]
  /** Null is not known: the project is not public, or there is none. */
  readonly placeKeptS: number | null
  readonly connectTimeoutS: number | null
  readonly resumeWindowS: number | null
}

/** Returns the facts in a page's `<meta name="diorama">`; anything unexpected is left out. */
export function readFacts(text: string | null): Facts {
  const told = objectIn(text)
  const seconds = (name: string) => {
    const value = told[name]
    return typeof value === 'number' && value >= 0 ? value : null
  }
  const framers = told['framers']
  return {
    framers: Array.isArray(framers) ? framers.filter((one) => typeof one === 'string') : [],
    placeKeptS: seconds('place_kept_s'),
    connectTimeoutS: seconds('connect_timeout_s'),
    resumeWindowS: seconds('resume_window_s'),
  }
}

function objectIn(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(text ?? '')
    return typeof read === 'object' && read !== null ? { ...read } : {}
  } catch {
    return {} // a page that was not served by the gateway
  }
}

/** How far the gateway's clock is ahead of this machine's; by it a wait has a length. */
let aheadMs = 0

/** Learns the gateway's time from an answer's `Date`, which is whole seconds. */
export function learnClock(headers: Headers, nowMs: number): void {
  const toldMs = Date.parse(headers.get('Date') ?? '')
  if (!Number.isNaN(toldMs)) aheadMs = toldMs + 500 - nowMs
}

/** Returns the seconds from now to an instant of the gateway; negative ones are past. */
export function secondsUntil(instant: string, nowMs: number): number {
  return (Date.parse(instant) - nowMs - aheadMs) / 1_000
}
