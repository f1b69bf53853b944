import { expect, test } from 'vitest'

import { type HeldKeys, lift, liftAll, press, type Stroke } from '../../src/core/keys.ts'

const NONE: HeldKeys = new Map()

function stroke(changes: Partial<Stroke> = {}): Stroke {
  return {
    code: 'KeyW',
    key: 'w',
    repeat: false,
    ctrl: false,
    meta: false,
    altGraph: false,
    composing: false,
    locked: false,
    ...changes,
  }
}

test('a key goes down and comes up', () => {
  const down = press(NONE, stroke())
  const up = lift(down.held, 'KeyW')

  expect(down.events).toEqual([{ type: 'key_down', code: 'KeyW', key: 'w', repeat: false }])
  expect(up.events).toEqual([{ type: 'key_up', code: 'KeyW', key: 'w' }])
  expect(up.held.size).toBe(0)
})

test('a held key repeats', () => {
  const down = press(press(NONE, stroke()).held, stroke({ repeat: true }))

  expect(down.events).toMatchObject([{ type: 'key_down', repeat: true }])
})

test('a key comes up as what it went down as, whatever Shift does meanwhile', () => {
  const down = press(NONE, stroke({ key: 'W' }))

  expect(lift(down.held, 'KeyW').events).toMatchObject([{ key: 'W' }])
})

test('no key stays down when the page loses the viewer', () => {
  const one = press(NONE, stroke())
  const two = press(one.held, stroke({ code: 'ShiftLeft', key: 'Shift' }))

  const lost = liftAll(two.held)

  expect(lost.events.map(({ code }) => code)).toEqual(['KeyW', 'ShiftLeft'])
  expect(lost.held.size).toBe(0)
})

test('Meta takes every held key up with it', () => {
  const one = press(NONE, stroke())
  const two = press(one.held, stroke({ code: 'MetaLeft', key: 'Meta', meta: true }))

  expect(lift(two.held, 'MetaLeft').events.map(({ code }) => code)).toEqual(['KeyW', 'MetaLeft'])
})

test('a key that never went down does not come up', () => {
  expect(lift(NONE, 'KeyW').events).toEqual([])
})

test.each([
  ['Ctrl and a letter', { ctrl: true }],
  ['Meta and a letter', { meta: true }],
  ['reload', { code: 'F5', key: 'F5' }],
  ['Tab without pointer lock', { code: 'Tab', key: 'Tab' }],
  ['composition', { composing: true }],
  ['a key without a code', { code: '' }],
])('%s stays with the browser', (_what, changes) => {
  expect(press(NONE, stroke(changes))).toEqual({ held: NONE, events: [], taken: false })
})

test.each([
  ['Control itself', { code: 'ControlLeft', key: 'Control', ctrl: true }],
  ['a letter of AltGr', { code: 'KeyQ', key: '@', ctrl: true, altGraph: true }],
  ['Tab under pointer lock', { code: 'Tab', key: 'Tab', locked: true }],
])('%s goes to the world', (_what, changes) => {
  expect(press(NONE, stroke(changes)).taken).toBe(true)
})

test('a key held while Ctrl goes down still comes up', () => {
  const down = press(NONE, stroke())
  const shortcut = press(down.held, stroke({ repeat: true, ctrl: true }))

  expect(lift(shortcut.held, 'KeyW').events).toMatchObject([{ type: 'key_up', code: 'KeyW' }])
})
