import { expect, test } from 'vitest'

import { type Reading, statsBetween } from '../../src/core/stats.ts'

const READING: Reading = {
  atMs: 1_000,
  framesDecoded: 30,
  framesDropped: 0,
  bytesReceived: 100_000,
  packetsLost: 0,
  jitterMs: 1.5,
  width: 1280,
  height: 720,
  codec: 'H264',
}

test('rates are those between two readings', () => {
  const later = { ...READING, atMs: 2_000, framesDecoded: 90, bytesReceived: 350_000 }

  const stats = statsBetween(READING, later, 12)

  expect(stats).toMatchObject({ fps: 60, bitrateKbps: 2_000, rttMs: 12, codec: 'H264' })
})

test('one reading has no rates', () => {
  expect(statsBetween(null, READING, null)).toMatchObject({ fps: 0, bitrateKbps: 0 })
})

test('counters that start anew give no negative rate', () => {
  const anew = { ...READING, atMs: 2_000, framesDecoded: 1, bytesReceived: 10 }

  expect(statsBetween(READING, anew, null)).toMatchObject({ fps: 0, bitrateKbps: 0 })
})
