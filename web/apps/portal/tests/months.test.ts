import { describe, expect, it } from 'vitest'
import { daysOf, lastMonths, monthOf, monthText } from '../src/pages/usage/months.ts'

describe('months of usage', () => {
  it('are of UTC, whatever the time zone of the reader', () => {
    expect(monthOf(new Date('2026-11-30T23:59:59.999Z'))).toBe('2026-11')
    expect(monthOf(new Date('2026-12-01T00:00:00Z'))).toBe('2026-12')
  })

  it('go back over the turn of the year', () => {
    expect(lastMonths(new Date('2026-01-31T12:00:00Z'), 3)).toEqual([
      '2026-01',
      '2025-12',
      '2025-11',
    ])
  })

  it('have the days that they have', () => {
    expect(daysOf('2028-02')).toHaveLength(29)
    expect(daysOf('2026-02').at(-1)).toBe('2026-02-28')
    expect(daysOf('2026-11')[0]).toBe('2026-11-01')
  })

  it('are said as people say them', () => {
    expect(monthText('2026-11')).toBe('November 2026')
  })
})
