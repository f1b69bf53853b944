import { expect, test } from 'vitest'

import { type Heard, isLost, lookAgain, NOTHING_HEARD } from '../../src/core/hearing.ts'

const PLAYING: Heard = { frames: 100, messages: 20, quiet: 0 }

function looks(...found: readonly (readonly [frames: number, messages: number])[]): Heard {
  return found.reduce((heard, [frames, messages]) => lookAgain(heard, frames, messages), PLAYING)
}

test('a connection over which nothing comes for three looks is lost', () => {
  expect(isLost(looks([100, 20], [100, 20]))).toBe(false)
  expect(isLost(looks([100, 20], [100, 20], [100, 20]))).toBe(true)
})

test('a picture that stands still is not lost while pings are answered', () => {
  expect(isLost(looks([100, 22], [100, 24], [100, 26], [100, 28]))).toBe(false)
})

test('a world that is slow to answer is not lost while its pictures come', () => {
  expect(isLost(looks([130, 20], [160, 20], [190, 20], [220, 20]))).toBe(false)
})

test('a page that was frozen looks again before it judges', () => {
  const thawed = looks([100, 20], [100, 20])

  expect(lookAgain(thawed, 101, 21)).toEqual({ frames: 101, messages: 21, quiet: 0 })
})

test('whatever comes brings a lost connection back', () => {
  const lost = looks([100, 20], [100, 20], [100, 20])

  expect(isLost(lookAgain(lost, 100, 21))).toBe(false)
  expect(isLost(lookAgain(NOTHING_HEARD, 0, 0))).toBe(false)
})
