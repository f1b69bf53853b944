import type { Ended, SessionView } from '@diorama/sdk'
import { expect, test } from 'vitest'

import {
  againWords,
  bitrateWords,
  clockWords,
  endDetail,
  holdersOf,
  holderWords,
  repairWords,
  spanWords,
  waitWords,
} from '../src/words.ts'

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

function ended(changes: Partial<Ended>): Ended {
  return {
    code: 4006,
    name: 'app crashed',
    reason: 'world_crashed',
    doing: 'world',
    retry: 'new_session',
    retry_limit: null,
    message: 'The world stopped unexpectedly.',
    problem: null,
    ...changes,
  }
}

test('who waits reads what is waited for, step by step', () => {
  expect(waitWords('requesting', 'none', null)).toMatchObject({ step: 0 })
  expect(waitWords('connecting', 'none', SESSION).title).toBe('Starting the world…')
  expect(waitWords('connecting', 'connecting', SESSION).title).toBe('Connecting video…')
})

test('who comes back to a world that runs does not read that it starts', () => {
  const running = { ...SESSION, first_frame_at: '2026-01-01T00:00:05Z' }

  expect(waitWords('connecting', 'none', running).title).toBe('Connecting video…')
})

test('who stands in line reads the place, the time and how it goes on', () => {
  const queue = { position: 1, length: 3, eta_p50_s: 42, eta_p90_s: 130 }

  const words = waitWords('queued', 'none', { ...SESSION, queue })

  expect(words.title).toBe('You are next (1 of 3)')
  expect(words.detail).toBe(
    'About 50 seconds to go, hardly more than 2 minutes. It starts by itself as soon as a place is free.',
  )
})

test('without data no time is promised', () => {
  const words = waitWords('queued', 'none', { ...SESSION, queue: { position: 2, length: 3 } })

  expect(words.title).toBe('You are number 2 of 3')
  expect(words.detail).toBe('It starts by itself as soon as a place is free.')
})

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
  [299.2, '5:00'],
  [60, '1:00'],
  [9.1, '0:10'],
  [-3, '0:00'],
])('a countdown at %d s shows %s', (seconds, words) => {
  expect(clockWords(seconds)).toBe(words)
})

test.each([4000, 4002, 4013])('after %i starting again is of no use', (code) => {
  expect(againWords(ended({ code }))).toBeNull()
})

test.each([1000, 1001, 1006, 4001, 4003, 4004, 4005, 4006, 4007, 4010, 4012, 4014])(
  'after %i a click starts again',
  (code) => {
    expect(againWords(ended({ code }))).toBe('Start again')
  },
)

test('a session that went on elsewhere can be continued here', () => {
  expect(againWords(ended({ code: 4011 }))).toBe('Continue here')
})

test('a refusal says what was refused and lists what holds the places', () => {
  const holder = { session: 's', project: 'cove', state: 'idle', age_s: 431, device: 'Chrome' }
  const problem = {
    status: 429,
    code: 'account_limit',
    detail: 'Five of five are in use.',
    facts: { holders: [holder, 'nonsense'] },
  }

  const refused = ended({ code: 4010, reason: 'account_limit', problem })

  expect(endDetail(refused)).toBe('Five of five are in use.')
  expect(holdersOf(refused).map(holderWords)).toEqual([['cove, Chrome', 'idle for 7 minutes']])
})

test('a repair says whether the picture is still live', () => {
  expect(repairWords({ step: 'socket', attempt: 0, live: true })).toBe(
    'Reconnecting to the server…',
  )
  expect(repairWords({ step: 'socket', attempt: 3, live: false })).toBe(
    'Connection lost. Reconnecting (try 3)…',
  )
})

test('a bitrate is told in the unit that suits it', () => {
  expect(bitrateWords(640)).toBe('640 kbit/s')
  expect(bitrateWords(4_250)).toBe('4.3 Mbit/s')
})
