import { expect, test } from 'vitest'
import { mayPass } from '../src/pieces/ErrorNotice.tsx'

test.each([
  [0, true],
  [429, true],
  [500, true],
  [503, true],
  [403, false],
  [404, false],
  [422, false],
])('whether a %d is worth another try', (status, worth) => {
  expect(mayPass(status)).toBe(worth)
})
