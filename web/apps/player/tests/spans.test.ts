import { expect, test } from 'vitest'

import { bitrateWords, clockWords, exactWords, spanWords } from '../src/spans.ts'

test.each([
  [3, 'a few seconds'],
  [10, '10 seconds'],
  [54, '60 seconds'],
  [55, 'a minute'],
  [119, '2 minutes'],
  [3_600, 'an hour'],
  [7_200, '2 hours'],
])('%i s are %s', (seconds, words) => {
  expect(spanWords(seconds)).toBe(words)
})

test.each([
  [1, '1 second'],
  [30, '30 seconds'],
  [60, '60 seconds'],
  [90, '90 seconds'],
  [120, '2 minutes'],
])('a rule of %i s is told as %s', (seconds, words) => {
  expect(exactWords(seconds)).toBe(words)
})

test.each([
  [3_725, '1:02:05'],
  [299.2, '5:00'],
  [60, '1:00'],
  [9.1, '0:10'],
  [-3, '0:00'],
])('a countdown at %d s shows %s', (seconds, words) => {
  expect(clockWords(seconds)).toBe(words)
})

test('a bitrate is told in the unit that suits it', () => {
  expect(bitrateWords(640)).toBe('640 kbit/s')
  expect(bitrateWords(4_250)).toBe('4.3 Mbit/s')
})
