/** A gamepad's position as an event, and whether it differs from the one sent last. */
import type { Gamepad } from '@diorama/protocol'

const MAX_INDEX = 7
const MAX_AXES = 8
const MAX_BUTTONS = 32
const DIGITS = 1_000

/** Returns the event for a position, or null where there is nothing to send. */
export function gamepadEvent(
  index: number,
  axes: readonly number[],
  buttons: readonly number[],
  last: Gamepad | undefined,
): Gamepad | null {
  if (index > MAX_INDEX) return null
  const event: Gamepad = {
    type: 'gamepad',
    index,
    axes: axes.slice(0, MAX_AXES).map((value) => round(value, -1)),
    buttons: buttons.slice(0, MAX_BUTTONS).map((value) => round(value, 0)),
  }
  return JSON.stringify(event) === JSON.stringify(last) ? null : event
}

/** Rounding keeps the noise of a resting stick from being sent sixty times a second. */
function round(value: number, lowest: number): number {
  return Math.round(Math.min(1, Math.max(lowest, value)) * DIGITS) / DIGITS || 0
}
