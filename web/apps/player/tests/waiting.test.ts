import type { QueueView, SessionView } from '@diorama/sdk'
import { expect, test } from 'vitest'

import { readFacts } from '../src/facts.ts'
import { riseWords, unknownWords, waitWords } from '../src/waiting.ts'

const SESSION: SessionView = {
  id: 'ses_1',
  project: 'cove',
  region: 'local',
  state: 'connecting',
  version: 1,
  attached: false,
  attachment: 0,
  created_at: '2026-01-01T00:00:00Z',
  state_entered_at: '2026-01-01T00:00:00Z',
}
const FACTS = readFacts('{"place_kept_s": 30, "connect_timeout_s": 60}')
const UNKNOWN = readFacts(null)

function queued(queue: QueueView) {
  return waitWords('queued', 'none', { ...SESSION, queue }, FACTS)
}

test('who waits reads what is waited for, step by step', () => {
  expect(waitWords('requesting', 'none', null, FACTS)).toMatchObject({ step: 0 })
  expect(waitWords('connecting', 'none', SESSION, FACTS).title).toBe('Starting the world…')
  expect(waitWords('connecting', 'connecting', SESSION, FACTS).title).toBe('Connecting video…')
})

test('who waits long for an answer reads that the server has not given one', () => {
  expect(waitWords('requesting', 'none', null, FACTS, true).detail).toContain('not answered yet')
  expect(waitWords('requesting', 'none', null, FACTS).detail).not.toContain('answered')
})

test('how long a start may take is told where it is known', () => {
  expect(waitWords('connecting', 'none', SESSION, FACTS).detail).toContain('within 60 seconds')
  expect(waitWords('connecting', 'none', SESSION, UNKNOWN).detail).not.toContain('within')
})

test('who comes back to a world that runs does not read that it starts', () => {
  const running = { ...SESSION, first_frame_at: '2026-01-01T00:00:05Z' }

  const words = waitWords('connecting', 'none', running, FACTS)

  expect(words.title).toBe('Connecting video…')
  expect(words.detail).toContain('still there')
})

test('who stands in line reads the place and the time', () => {
  const words = queued({ position: 1, length: 3, eta_p50_s: 42, eta_p90_s: 130 })

  expect(words.title).toBe('You are next (1 of 3)')
  expect(words.figures).toEqual([
    ['Still to wait', 'about 50 seconds'],
    ['9 of 10 less than', '2 minutes'],
  ])
})

test('a wait that hardly varies is told once', () => {
  const words = queued({ position: 1, length: 1, eta_p50_s: 2, eta_p90_s: 9 })

  expect(words.figures).toEqual([['Still to wait', 'a few seconds']])
})

test('without data it is said that nobody knows, and why', () => {
  const queue = { position: 2, length: 3, eta_p50_s: null, eta_p90_s: null }

  expect(queued(queue).title).toBe('You are number 2 of 3')
  expect(queued(queue).figures).toEqual([['Still to wait', 'not known yet']])
  expect(unknownWords(queue)).toContain('Too few sessions')
  expect(unknownWords({ ...queue, eta_p50_s: 5 })).toBe('')
})

test('who stands in line reads what to do, and how long the place is kept', () => {
  const queue = { position: 1, length: 1 }

  expect(queued(queue).advice.join(' ')).toContain('kept for 30 seconds')
  const untold = waitWords('queued', 'none', { ...SESSION, queue }, UNKNOWN)
  expect(untold.advice.join(' ')).toContain('kept for a short while')
})

test.each([
  ['higher_priority', 'From 2 to 4: someone with a higher priority came.'],
  ['moved_by_hand', 'From 2 to 4: moved by hand.'],
  [null, 'From 2 to 4: the line changed.'],
])('a place that rose because of %s says so', (reason, words) => {
  const now = { position: 4, length: 5, reason } as QueueView

  expect(riseWords({ position: 2, length: 3 }, now)).toBe(words)
})

test('a place that stayed, fell or is new needs no words', () => {
  expect(riseWords({ position: 2, length: 3 }, { position: 2, length: 9 })).toBeNull()
  expect(riseWords({ position: 2, length: 3 }, { position: 1, length: 2 })).toBeNull()
  expect(riseWords(null, { position: 7, length: 9 })).toBeNull()
})
