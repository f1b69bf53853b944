import { expect, test } from 'vitest'

import { MAX_COMMAND_CHARACTERS, mayFrame, readCommand } from '../src/embed/protocol.ts'

const OWN = 'https://play.example'

test.each([
  [{ diorama: 1, type: 'hello' }, { type: 'hello' }],
  [
    { diorama: 1, type: 'start' },
    { type: 'start', token: null },
  ],
  [
    { diorama: 1, type: 'start', token: 't' },
    { type: 'start', token: 't' },
  ],
  [
    { diorama: 1, type: 'prompt', text: 'rain' },
    { type: 'prompt', text: 'rain' },
  ],
  [
    { diorama: 1, type: 'message', data: null },
    { type: 'message', data: null },
  ],
  [
    { diorama: 1, type: 'mute', muted: false },
    { type: 'mute', muted: false },
  ],
  [
    { diorama: 1, type: 'fullscreen', on: true },
    { type: 'fullscreen', on: true },
  ],
  [{ diorama: 1, type: 'focus', more: 'is ignored' }, { type: 'focus' }],
])('%j is a command', (data, command) => {
  expect(readCommand(data)).toEqual({ command, id: null })
})

test('a command may carry the number of its result', () => {
  expect(readCommand({ diorama: 1, type: 'disconnect', id: 7 })?.id).toBe(7)
})

const cycle: Record<string, unknown> = { diorama: 1, type: 'message' }
cycle['data'] = cycle

test.each([
  null,
  undefined,
  'hello',
  7,
  [],
  {},
  { type: 'hello' },
  { diorama: '1', type: 'hello' },
  { diorama: 2, type: 'hello' },
  { diorama: 1 },
  { diorama: 1, type: 'eval' },
  { diorama: 1, type: 'prompt' },
  { diorama: 1, type: 'prompt', text: '' },
  { diorama: 1, type: 'prompt', text: ['a'] },
  { diorama: 1, type: 'prompt', text: 'x'.repeat(4_001) },
  { diorama: 1, type: 'start', token: 5 },
  { diorama: 1, type: 'mute', muted: 'yes' },
  { diorama: 1, type: 'fullscreen' },
  { diorama: 1, type: 'message' },
  { diorama: 1, type: 'message', data: 'x'.repeat(MAX_COMMAND_CHARACTERS) },
  { diorama: 1, type: 'message', data: 7n },
  { diorama: 1, type: 'hello', id: 0.5 },
  { diorama: 1, type: 'hello', id: 'a' },
])('what is not of the protocol is nothing (%#)', (data) => {
  expect(readCommand(data)).toBeNull()
})

test('a message that bites its own tail is nothing', () => {
  expect(readCommand(cycle)).toBeNull()
})

test.each([
  [OWN, []],
  ['https://a.example', ['https://a.example']],
  ['https://a.example', ['https://a.example:443']],
  ['https://a.example', ['http://a.example']],
  ['https://b.a.example', ['https://*.a.example']],
  ['http://localhost:5173', ['http://localhost:*']],
  ['https://anybody.example', ['*']],
])('%s may frame where %j may', (origin, framers) => {
  expect(mayFrame(origin, OWN, framers)).toBe(true)
})

test.each([
  ['https://a.example', []],
  ['http://a.example', ['https://a.example']],
  ['https://a.example:8443', ['https://a.example']],
  ['https://a.example.evil', ['https://a.example']],
  ['https://evila.example', ['https://*.a.example']],
  ['https://a.example', ['https://*.a.example']],
  ['http://localhost.evil:1', ['http://localhost:*']],
  ['null', ['*']],
  ['', ['*']],
  ['file://', ['*']],
])('%s may not where %j may', (origin, framers) => {
  expect(mayFrame(origin, OWN, framers)).toBe(false)
})
