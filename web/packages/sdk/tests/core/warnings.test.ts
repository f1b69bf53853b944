import { describe, expect, test } from 'vitest'

import { warningsOf } from '../../src/core/warnings.ts'
import { EPOCH_MS, type Story, streaming, welcomed } from './story.ts'

const afk = { type: 'warning', kind: 'afk', seconds_left: 30 } as const
const runtime = { type: 'warning', kind: 'runtime', seconds_left: 60 } as const
const UNTIL = '2026-01-01T00:10:00Z'
const LATER = '2026-01-01T00:11:00Z'

function held(story: Story) {
  return warningsOf(story.model, story.nowMs)
}

describe('a warning', () => {
  test('is told with its deadline on the clock of the page', () => {
    const story = welcomed()
    story.nowMs = 10_000

    story.told(afk)

    expect(story.emitted('warning')).toEqual([{ ...afk, endsAtMs: EPOCH_MS + 40_000 }])
  })

  test('counts down', () => {
    const story = streaming().session({ state: 'idle' }).told(afk).wait(12_000)

    expect(held(story)).toMatchObject([{ kind: 'afk', seconds_left: 18 }])
  })

  test('for being away is taken back by input', () => {
    const story = streaming().session({ state: 'idle' }).told(afk).session({ state: 'streaming' })

    expect(story.emitted('warning_over')).toEqual([{ kind: 'afk' }])
    expect(held(story)).toEqual([])
  })

  test('that ends first is in front', () => {
    const story = streaming().session({ state: 'idle' }).told(runtime).told(afk)

    expect(held(story).map(({ kind }) => kind)).toEqual(['afk', 'runtime'])
  })

  test('of the runtime moves with the runtime', () => {
    const story = streaming().session({ state: 'streaming', runs_until: UNTIL }).told(runtime)

    story.session({ state: 'streaming', runs_until: LATER })

    expect(story.emitted('warning')).toMatchObject([{ kind: 'runtime', seconds_left: 120 }])
  })

  test('of a runtime that now ends much later is taken back', () => {
    const story = streaming().session({ state: 'streaming', runs_until: UNTIL }).told(runtime)

    story.session({ state: 'streaming', runs_until: '2026-01-01T01:00:00Z' })

    expect(story.emitted('warning_over')).toEqual([{ kind: 'runtime' }])
    expect(held(story)).toEqual([])
  })

  test('of the hours is taken back once the session names no end of them', () => {
    const story = streaming()
      .session({ state: 'streaming', hours_end_at: UNTIL })
      .told({ type: 'warning', kind: 'hours', seconds_left: 60 })

    story.session({ state: 'streaming', hours_end_at: UNTIL })
    expect(story.emitted('warning_over')).toEqual([])
    story.session({ state: 'streaming', hours_end_at: null })

    expect(story.emitted('warning_over')).toEqual([{ kind: 'hours' }])
  })

  test('that comes again takes the place of the one before', () => {
    const story = streaming()
      .told(runtime)
      .told({ ...runtime, seconds_left: 20 })

    expect(held(story)).toMatchObject([{ kind: 'runtime', seconds_left: 20 }])
  })
})
