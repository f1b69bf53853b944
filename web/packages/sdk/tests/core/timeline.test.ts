import { expect, test } from 'vitest'

import { note, type Timeline, wordsOfEmitted, wordsOfEvent } from '../../src/core/timeline.ts'
import { sessionView } from './story.ts'

test('the last hundred entries are kept', () => {
  let timeline: Timeline = []
  for (let n = 0; n < 250; n += 1) timeline = note(timeline, n, `event ${n}`)

  expect(timeline).toHaveLength(100)
  expect(timeline[0]?.what).toBe('event 150')
  expect(timeline.at(-1)).toEqual({ at: '1970-01-01T00:00:00.249Z', what: 'event 249', detail: '' })
})

test('no token gets into the timeline', () => {
  const answer = { session: sessionView(), token: 'a secret', continued: false }

  expect(wordsOfEvent({ type: 'opened', answer })).toEqual(['request answered', 'ses_1'])
})

test('ticks, candidates and heartbeats are no entries', () => {
  expect(wordsOfEvent({ type: 'tick' })).toBeNull()
  expect(wordsOfEvent({ type: 'received', message: { type: 'heartbeat', n: 1 } })).toBeNull()
})

test('steps of a repair are entries', () => {
  const reconnecting = { step: 'ice', attempt: 2, live: false } as const

  expect(wordsOfEmitted({ name: 'reconnecting', detail: reconnecting })).toEqual([
    'reconnecting',
    'ice, attempt 2',
  ])
})
