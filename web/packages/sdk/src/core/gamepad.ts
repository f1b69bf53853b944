/** A gamepad's position as an event, and whether it differs from the one sent last. */
import type { Gamepad } from '@diorama/protocol'

const MAX_INDEX = 7
const MAX_AXES = 8
const MAX_BUTTONS = 32
const DIGITS = 1_000
/** The standard mapping has a stick on the first two axes, and one on the next two. */
const STICKS = 2

/** What a resting stick strays by; games are made for about this much. */
export const DEAD_ZONE = 0.08

/**
 * Returns the event for a position, or null where there is nothing to send. A stick within
 * `deadZone` of its middle rests; beyond, its way grows from 0, in its own direction.
 */
export function gamepadEvent(
  index: number,
  axes: readonly number[],
  buttons: readonly number[],
  last: Gamepad | undefined,
  deadZone = DEAD_ZONE,
): Gamepad | null {
  if (index > MAX_INDEX) return null
  const event: Gamepad = {
    type: 'gamepad',
    index,
    axes: rested(axes.slice(0, MAX_AXES), deadZone).map((value) => round(value, -1)),
    buttons: buttons.slice(0, MAX_BUTTONS).map((value) => round(value, 0)),
  }
  return JSON.stringify(event) === JSON.stringify(last) ? null : event
}

/** Returns the event of a gamepad that nobody touches; null where it is told to be so already. */
export function restingEvent({ index, axes, buttons }: Gamepad): Gamepad | null {
  if ([...axes, ...buttons].every((value) => value === 0)) return null
  return { type: 'gamepad', index, axes: axes.map(() => 0), buttons: buttons.map(() => 0) }
}

function rested(axes: readonly number[], deadZone: number): number[] {
  const out = [...axes]
  for (let stick = 0; stick < STICKS; stick += 1) {
    const at = stick * 2
    const [x, y] = [axes[at], axes[at + 1]]
    if (x === undefined || y === undefined) break
    const scale = scaleOf(Math.hypot(x, y), deadZone)
    out.splice(at, 2, x * scale, y * scale)
  }
  return out
}

function scaleOf(length: number, deadZone: number): number {
  if (length <= deadZone || deadZone >= 1) return 0
  return (length - deadZone) / (1 - deadZone) / length
}

/** Rounding keeps the noise of a resting stick from being sent sixty times a second. */
function round(value: number, lowest: number): number {
  return Math.round(Math.min(1, Math.max(lowest, value)) * DIGITS) / DIGITS || 0
}
