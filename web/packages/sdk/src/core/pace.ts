/**
 * Whether frames come more slowly than they are meant to. Pure. The Python SDK judges alike:
 * tests/client/core/rates.json.
 */

const SLOW_SHARE = 0.75
/** A second that is cut out of a steady stream holds one frame more or less by chance. */
const ONE_MORE_OR_LESS = 1
/** Where nobody says what is meant: below this even motion that is meant to be slow looks torn. */
const SLOW_FPS = 10

/** Returns whether so many frames a second are too few. */
export function isSlow(fps: number, meantFps: number | null): boolean {
  if (meantFps === null) return fps < SLOW_FPS
  return fps < meantFps * SLOW_SHARE - ONE_MORE_OR_LESS
}
