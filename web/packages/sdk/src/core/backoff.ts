/**
 * When to try again. At once, then 1, 2, 4, 8 and 15 s, each cut by up to half so that many viewers
 * of one lost gateway do not come back in step. Source: DESIGN section 6.
 */
const DELAYS_MS = [0, 1_000, 2_000, 4_000, 8_000, 15_000] as const
const LAST_MS = 15_000

/** Returns how long to wait before attempt `attempt` (0 is the first); `chance` is in [0, 1). */
export function delayMs(attempt: number, chance: number): number {
  const whole = DELAYS_MS[attempt] ?? LAST_MS
  return Math.round(whole * (1 - chance / 2))
}

/** How many attempts there are before the longest wait repeats itself. */
export const STEPS = DELAYS_MS.length
