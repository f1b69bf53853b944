import { describe, expect, test } from 'vitest'
import { agoText, clockText, exactText, hoursText, spanText } from '../src/pieces/spans.ts'

describe('lengths of time', () => {
  test.each([
    [0, '0 s'],
    [59.9, '59 s'],
    [60, '1 min'],
    [125, '2 min 5 s'],
    [3_599, '59 min 59 s'],
    [3_600, '1 h'],
    [3_840, '1 h 4 min'],
    [86_400, '1 d'],
    [187_200, '2 d 4 h'],
    [-3, '0 s'],
  ])('%d seconds read as two units at most', (seconds, text) => {
    expect(spanText(seconds)).toBe(text)
  })

  test.each([
    [4, '0:04'],
    [725, '12:05'],
    [3_723, '1:02:03'],
  ])('%d seconds read as a clock', (seconds, text) => {
    expect(clockText(seconds)).toBe(text)
  })

  test('hours are rounded, and can be told to the millisecond', () => {
    expect(hoursText(3_723_250_000)).toBe('1.03 h')
    expect(hoursText(4_000_000_000_000)).toBe('1,111.11 h')
    expect(exactText(3_723_250_000)).toBe('1 h 02 min 03.250 s')
    expect(exactText(1_500)).toBe('0.002 s')
  })

  test.each([
    [0, 'just now'],
    [7, '7 s ago'],
    [130, '2 min ago'],
    [7_300, '2 h ago'],
    [90_000, '1 day ago'],
    [-130, 'in 2 min'],
  ])('%d seconds back reads as when it was', (seconds, text) => {
    const now = new Date('2026-11-21T12:00:00Z')
    expect(agoText(new Date(now.getTime() - seconds * 1000), now)).toBe(text)
  })
})
