/**
 * Many small movements into one event a frame. The last position counts, movements and wheel turns
 * add up, and each finger has a small number for as long as it is down.
 */
import type { PointerMove, TouchMove, Wheel } from '@diorama/protocol'

import type { Point } from './picture.ts'

const MAX_PIXELS = 100_000

/** What has moved since the last frame. */
export interface Pending {
  readonly move: PointerMove | null
  readonly wheel: Wheel | null
  readonly touches: ReadonlyMap<number, Point>
}

export const NOTHING: Pending = { move: null, wheel: null, touches: new Map() }

export function addMove(pending: Pending, at: Point, movement: Point, buttons: number): Pending {
  const before = pending.move
  return {
    ...pending,
    move: {
      type: 'pointer_move',
      ...at,
      movement_x: pixels((before?.movement_x ?? 0) + movement.x),
      movement_y: pixels((before?.movement_y ?? 0) + movement.y),
      buttons,
    },
  }
}

export function addWheel(pending: Pending, at: Point, delta: Point): Pending {
  const before = pending.wheel
  return {
    ...pending,
    wheel: {
      type: 'wheel',
      delta_x: pixels((before?.delta_x ?? 0) + delta.x),
      delta_y: pixels((before?.delta_y ?? 0) + delta.y),
      ...at,
    },
  }
}

export function addTouch(pending: Pending, id: number, at: Point): Pending {
  return { ...pending, touches: new Map(pending.touches).set(id, at) }
}

/** Returns the events of one frame. */
export function eventsOf({ move, wheel, touches }: Pending): (PointerMove | Wheel | TouchMove)[] {
  const moved = [...touches].map(([id, at]): TouchMove => ({ type: 'touch_move', id, ...at }))
  return [...(move ? [move] : []), ...(wheel ? [wheel] : []), ...moved]
}

function pixels(value: number): number {
  return Math.min(MAX_PIXELS, Math.max(-MAX_PIXELS, value))
}

const LINE_PIXELS = 16
const PAGE_PIXELS = 800

/** Returns a wheel's turn in CSS pixels; browsers tell it in pixels, lines or pages. */
export function wheelPixels(delta: Point, mode: number): Point {
  const unit = mode === 1 ? LINE_PIXELS : mode === 2 ? PAGE_PIXELS : 1
  return { x: delta.x * unit, y: delta.y * unit }
}

/** Returns the smallest number no finger has; browsers number them up without end. */
export function freeTouchId(taken: Iterable<number>): number {
  const used = new Set(taken)
  let id = 0
  while (used.has(id)) id += 1
  return id
}
