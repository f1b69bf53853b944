import { expect, test } from 'vitest'

import { liveWords, lostWords, unseenWords } from '../src/repair.ts'

test('while the picture lives it is said that it does', () => {
  expect(liveWords({ step: 'socket', attempt: 0, live: true })).toBe(
    'Reconnecting to the server… The picture goes on.',
  )
})

test.each([
  ['socket', 'Reconnecting to the server (try 3)…'],
  ['ice', 'Finding another way through the network (try 3)…'],
  ['peer', 'Setting up the video anew (try 3)…'],
] as const)('a lost picture says which step is tried: %s', (step, words) => {
  expect(lostWords({ step, attempt: 3, live: false }, 41, true).step).toBe(words)
})

test('a lost picture says what becomes of the world', () => {
  const repair = { step: 'peer', attempt: 0, live: false } as const

  expect(lostWords(repair, 41, true).kept).toContain('for 0:41')
  expect(lostWords(repair, null, true).kept).toContain('for a while')
  expect(lostWords(repair, -1, true).kept).toContain('over')
})

test('a device without a network is told so', () => {
  expect(lostWords({ step: 'socket', attempt: 2, live: false }, 41, false).step).toContain(
    'offline',
  )
})

test('before the first picture no world is said to be kept', () => {
  expect(unseenWords({ step: 'socket', attempt: 2, live: false })).toBe(
    'Reconnecting to the server (try 2)…',
  )
})
