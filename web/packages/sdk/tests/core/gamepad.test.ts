import { expect, test } from 'vitest'

import { gamepadEvent, restingEvent } from '../../src/core/gamepad.ts'

const axes = (...values: number[]) => gamepadEvent(0, values, [], undefined)?.axes

test('a gamepad is told when it moves, and not while it rests', () => {
  const first = gamepadEvent(0, [0.12345, -2], [0, 1], undefined, 0)

  expect(first).toEqual({ type: 'gamepad', index: 0, axes: [0.123, -1], buttons: [0, 1] })
  expect(gamepadEvent(0, [0.12349, -2], [0, 1], first ?? undefined, 0)).toBeNull()
})

test('a gamepad beyond the eighth is not told', () => {
  expect(gamepadEvent(8, [], [], undefined)).toBeNull()
})

test('a stick near its middle rests, whichever way it strays', () => {
  expect(axes(0.05, -0.05, 0.08, 0)).toEqual([0, 0, 0, 0])
})

test('beyond the dead zone a stick begins at 0 and ends at 1', () => {
  expect(axes(0.09, 0, 0, 1)).toEqual([0.011, 0, 0, 1])
})

test('the dead zone is round: a stick keeps its direction', () => {
  const [x, y] = axes(0.3, 0.4) ?? []

  expect((y ?? 0) / (x ?? 1)).toBeCloseTo(4 / 3, 2)
})

test('a corner of a square stick stays a corner', () => {
  expect(axes(1, -1)).toEqual([1, -1])
})

test('axes that are no stick have no dead zone', () => {
  expect(axes(0, 0, 0, 0, 0.02)).toEqual([0, 0, 0, 0, 0.02])
})

test('a gamepad that is gone is told at rest, once', () => {
  const held = { type: 'gamepad', index: 1, axes: [1, 0], buttons: [1] } as const
  const rest = restingEvent({ ...held, axes: [...held.axes], buttons: [...held.buttons] })

  expect(rest).toEqual({ type: 'gamepad', index: 1, axes: [0, 0], buttons: [0] })
  expect(rest && restingEvent(rest)).toBeNull()
})
