import { expect, test } from 'vitest'
import { addressOf, askedOf, countOf, filtersOf } from '../src/pages/sessions/filters.ts'

const ADDRESS =
  'which=all&state=idle&state=streaming&code=4006&project=cove&from=2026-11-01&to=2026-11-30'

test('an address says what a list is narrowed to, and filters make that address again', () => {
  const filters = filtersOf(new URLSearchParams(ADDRESS))

  expect(countOf(filters)).toBe(6)
  expect([...addressOf(filters)].sort()).toEqual([...new URLSearchParams(ADDRESS)].sort())
})

test('what an address cannot mean is left out', () => {
  const filters = filtersOf(
    new URLSearchParams('which=x&state=gone&code=1e3&from=yesterday&project='),
  )

  expect(countOf(filters)).toBe(0)
  expect(filters.which).toBe('live')
})

test('without a filter the list is of those who watch now', () => {
  expect(askedOf(filtersOf(new URLSearchParams()))).toEqual({ live: true })
})

test('past sessions are those that have ended, unless one of the two ends is chosen', () => {
  expect(askedOf(filtersOf(new URLSearchParams('which=past'))).state).toEqual([
    'disconnected',
    'failed',
  ])
  expect(askedOf(filtersOf(new URLSearchParams('which=past&state=failed'))).state).toEqual([
    'failed',
  ])
})

test('the last day is within', () => {
  const { from, to } = askedOf(filtersOf(new URLSearchParams('from=2026-11-30&to=2026-11-30')))

  expect(Date.parse(to ?? '') - Date.parse(from ?? '')).toBe(24 * 3_600_000)
})
