/** What the figures of the overview say beside their numbers. Pure. */

const NEAR = 0.8
const SMALL = 0.001

/** Returns how a share of what there is at most is to be taken. */
export function toneOf(share: number): 'good' | 'warn' | 'bad' {
  if (share >= 1) return 'bad'
  return share >= NEAR ? 'warn' : 'good'
}

/** Returns a share as a percentage, small ones with a digit after the point. */
export function percentText(share: number): string {
  if (share > 0 && share < SMALL) return 'under 0.1 %'
  const digits = share > 0 && share < 0.1 ? 1 : 0
  return `${(share * 100).toFixed(digits)} %`
}

/** Returns how high a chart of streams reaches, and whether the limit is in sight of what was. */
export function reachOf(most: number, limit: number | null): { top: number; hasLimit: boolean } {
  const hasLimit = limit !== null && most >= limit * FAR
  return { top: Math.max(2, hasLimit ? limit + 1 : most + 1), hasLimit }
}

const FAR = 0.25

const TOPS_S = [10, 20, 60, 120, 300, 600, 1_200, 3_600, 7_200, 21_600, 43_200, 86_400] as const

/** Returns where a chart of waits has its lines: three, each of them a round length. */
export function waitTicks(longestS: number): readonly [number, number, number] {
  const top = TOPS_S.find((one) => one >= longestS) ?? Math.ceil(longestS / 2 / 86_400) * 2 * 86_400
  return [0, top / 2, top]
}

/** Returns the month of a period, which is one of UTC. */
export function monthName(from: string): string {
  return new Date(from).toLocaleDateString('en', { month: 'long', timeZone: 'UTC' })
}

/** A stretch of time that the charts may show, in steps of which each is one point. */
export interface Stretch {
  readonly value: string
  readonly label: string
  readonly lastS: number
  readonly stepS: number
}

const HOUR_S = 3_600
export const STRETCHES: readonly [Stretch, ...Stretch[]] = [
  { value: 'hour', label: '1 h', lastS: HOUR_S, stepS: 30 },
  { value: 'day', label: '24 h', lastS: 24 * HOUR_S, stepS: 600 },
  { value: 'week', label: '7 d', lastS: 7 * 24 * HOUR_S, stepS: 3_600 },
  { value: 'month', label: '30 d', lastS: 30 * 24 * HOUR_S, stepS: 4 * HOUR_S },
]

/** Returns how a point's instant reads under a chart of this stretch. */
export function tickText(at: string, stretch: Stretch): string {
  const date = new Date(at)
  if (stretch.lastS <= 24 * HOUR_S) {
    return date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  }
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
}
