import { expect, test } from 'vitest'

import { learnClock, readFacts, secondsUntil } from '../src/facts.ts'

test('a page served by the gateway knows its facts', () => {
  const facts = readFacts(
    '{"framers":["https://a.example"],"place_kept_s":30.0,"connect_timeout_s":null}',
  )

  expect(facts).toEqual({
    framers: ['https://a.example'],
    placeKeptS: 30,
    connectTimeoutS: null,
    resumeWindowS: null,
  })
})

test.each(['facts', '', 'null', '[]', '{"framers":"*","place_kept_s":-1}', '{"framers":[1]}'])(
  'a page that was not knows nothing and lets nobody in: %s',
  (text) => {
    expect(readFacts(text)).toMatchObject({ framers: [], placeKeptS: null })
  },
)

test('an instant of the gateway counts down by the gateway’s clock', () => {
  const nowMs = Date.parse('2026-01-01T00:00:00Z')
  learnClock(new Headers({ Date: 'Thu, 01 Jan 2026 01:00:00 GMT' }), nowMs)

  expect(secondsUntil('2026-01-01T01:00:30Z', nowMs)).toBeCloseTo(29.5)
})
