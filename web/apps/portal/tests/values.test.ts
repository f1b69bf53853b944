import { describe, expect, it } from 'vitest'
import { changeOf, edits, isSame, valueAt } from '../src/pages/projects/values.ts'

const RULES = {
  worker_count: null,
  on_limit: 'queue',
  queue: { enabled: true, priorities: { members: 5, staff: 9 } },
}

describe('rules in a form', () => {
  it('are found by their path', () => {
    expect(valueAt(RULES, 'on_limit')).toBe('queue')
    expect(valueAt(RULES, 'queue.enabled')).toBe(true)
    expect(valueAt(RULES, 'queue.none')).toBeUndefined()
    expect(valueAt(RULES, 'on_limit.none')).toBeUndefined()
  })

  it('say the same whatever the order of their names', () => {
    expect(isSame({ staff: 9, members: 5 }, RULES.queue.priorities)).toBe(true)
    expect(isSame({ staff: 9 }, RULES.queue.priorities)).toBe(false)
    expect(isSame(['a', 'b'], ['b', 'a'])).toBe(false)
  })

  it('that are put back as they were are no edits', () => {
    const edited = new Map<string, unknown>([
      ['queue.enabled', true],
      ['worker_count', 1],
    ])

    expect([...edits(RULES, edited)]).toEqual([['worker_count', 1]])
  })

  it('change together with the others of their group, and nothing else', () => {
    const change = changeOf(
      new Map<string, unknown>([
        ['queue.enabled', false],
        ['worker_count', 1],
        ['queue.max_wait_s', null],
      ]),
    )

    expect(change).toEqual({ queue: { enabled: false, max_wait_s: null }, worker_count: 1 })
  })
})
