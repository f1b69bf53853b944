import { expect, test } from 'vitest'

import {
  addMove,
  addTouch,
  addWheel,
  eventsOf,
  freeTouchId,
  NOTHING,
  wheelPixels,
} from '../../src/core/pointers.ts'

test('moves of one frame become one: the last place, the whole way', () => {
  const one = addMove(NOTHING, { x: 0.1, y: 0.1 }, { x: 3, y: -1 }, 0)
  const two = addMove(one, { x: 0.2, y: 0.3 }, { x: 4, y: -2 }, 1)

  expect(eventsOf(two)).toEqual([
    { type: 'pointer_move', x: 0.2, y: 0.3, movement_x: 7, movement_y: -3, buttons: 1 },
  ])
})

test('wheel turns of one frame add up', () => {
  const at = { x: 0.5, y: 0.5 }
  const turned = addWheel(addWheel(NOTHING, at, { x: 0, y: 100 }), at, { x: 1, y: 20 })

  expect(eventsOf(turned)).toEqual([{ type: 'wheel', delta_x: 1, delta_y: 120, ...at }])
})

test('each finger moves once a frame', () => {
  const one = addTouch(addTouch(NOTHING, 0, { x: 0, y: 0 }), 1, { x: 1, y: 1 })
  const two = addTouch(one, 0, { x: 0.5, y: 0.5 })

  expect(eventsOf(two)).toEqual([
    { type: 'touch_move', id: 0, x: 0.5, y: 0.5 },
    { type: 'touch_move', id: 1, x: 1, y: 1 },
  ])
})

test('movements beyond what the wire takes are cut', () => {
  const moved = addMove(NOTHING, { x: 0, y: 0 }, { x: 1e9, y: -1e9 }, 0)

  expect(moved.move).toMatchObject({ movement_x: 100_000, movement_y: -100_000 })
})

test('a wheel told in lines or pages is told on in pixels', () => {
  expect(wheelPixels({ x: 0, y: 3 }, 0)).toEqual({ x: 0, y: 3 })
  expect(wheelPixels({ x: 0, y: 3 }, 1)).toEqual({ x: 0, y: 48 })
  expect(wheelPixels({ x: 0, y: 1 }, 2)).toEqual({ x: 0, y: 800 })
})

test('a new finger gets the smallest number that is free', () => {
  expect(freeTouchId([])).toBe(0)
  expect(freeTouchId([0, 2])).toBe(1)
})
