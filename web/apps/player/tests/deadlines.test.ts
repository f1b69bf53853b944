import { expect, test } from 'vitest'

import {
  announcedAt,
  type Deadlines,
  shownAt,
  warningWords,
  withDeadline,
  without,
} from '../src/deadlines.ts'

const NONE: Deadlines = new Map()

test('of several deadlines the first is shown, and the next when it is taken back', () => {
  const both = withDeadline(withDeadline(NONE, 'runtime', 300_000), 'afk', 30_000)

  expect(shownAt(both, 0, null)).toMatchObject({ kind: 'afk', leftS: 30 })
  expect(shownAt(without(both, 'afk'), 0, null)).toMatchObject({ kind: 'runtime', leftS: 300 })
  expect(shownAt(NONE, 0, null)).toBeNull()
})

test('a deadline that moves counts from where it is now', () => {
  const moved = withDeadline(withDeadline(NONE, 'runtime', 60_000), 'runtime', 120_000)

  expect(shownAt(moved, 0, null)?.leftS).toBe(120)
})

test('an end that is far off makes itself small once it was said', () => {
  const far = withDeadline(NONE, 'runtime', 300_000)
  const said = { kind: 'runtime', sinceMs: 0 }

  expect(shownAt(far, 0, null)?.small).toBe(false)
  expect(shownAt(far, 11_999, said)?.small).toBe(false)
  expect(shownAt(far, 12_000, said)?.small).toBe(true)
  expect(shownAt(far, 240_000, said)?.small).toBe(false)
})

test('who is asked to stay is asked in full to the end', () => {
  const long = withDeadline(NONE, 'afk', 600_000)

  expect(shownAt(long, 60_000, { kind: 'afk', sinceMs: 0 })?.small).toBe(false)
})

test('a screen reader hears the beginning and a few marks, not each second', () => {
  expect(announcedAt(null, 29.6)).toBe(30)
  expect(announcedAt(30.2, 29.9)).toBe(30)
  expect(announcedAt(29.9, 29.6)).toBeNull()
  expect(announcedAt(10.1, 9.9)).toBe(10)
  expect(announcedAt(9.9, 0)).toBeNull()
})

test.each(['afk', 'runtime', 'hours', 'draining', 'something_new'])(
  'a warning of kind %s has words',
  (kind) => {
    expect(warningWords(kind).title).not.toBe('')
  },
)
