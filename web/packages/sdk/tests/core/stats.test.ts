import { expect, test } from 'vitest'

import { type Reading, statsBetween, UNHEARD } from '../../src/core/stats.ts'

const READING: Reading = {
  atMs: 1_000,
  framesDecoded: 30,
  framesDropped: 0,
  bytesReceived: 100_000,
  audioBytesReceived: 0,
  packetsReceived: 100,
  packetsLost: 0,
  freezes: 0,
  jitterMs: 1.5,
  bufferedS: 0.3,
  bufferedFrames: 30,
  decodingS: 0.06,
  width: 1280,
  height: 720,
  codec: 'H264',
  decoder: 'FFmpeg',
  path: null,
}

test('rates are those between two readings', () => {
  const later = {
    ...READING,
    atMs: 2_000,
    framesDecoded: 90,
    bytesReceived: 350_000,
    audioBytesReceived: 8_000,
  }

  const stats = statsBetween(READING, later, { rttMs: 12, meantFps: 30 })

  expect(stats).toMatchObject({ fps: 60, bitrateKbps: 2_000, audioBitrateKbps: 64, rttMs: 12 })
})

test('what a frame waits and costs is the mean of those between two readings', () => {
  const later = {
    ...READING,
    framesDecoded: 90,
    decodingS: 0.24,
    bufferedS: 1.5,
    bufferedFrames: 90,
  }

  expect(statsBetween(READING, later, UNHEARD)).toMatchObject({ jitterBufferMs: 20, decodeMs: 3 })
})

test('loss is the share of the packets between two readings', () => {
  const later = { ...READING, packetsReceived: 195, packetsLost: 5 }

  expect(statsBetween(READING, later, UNHEARD)).toMatchObject({ loss: 0.05, packetsLost: 5 })
})

test('without a frame between there is nothing to tell of one', () => {
  expect(statsBetween(READING, READING, UNHEARD)).toMatchObject({ jitterBufferMs: null, loss: 0 })
})

test('one reading has no rates', () => {
  expect(statsBetween(null, READING, UNHEARD)).toMatchObject({ fps: 0, bitrateKbps: 0 })
})

test('counters that start anew give no negative rate', () => {
  const anew = { ...READING, atMs: 2_000, framesDecoded: 1, bytesReceived: 10 }

  expect(statsBetween(READING, anew, UNHEARD)).toMatchObject({ fps: 0, bitrateKbps: 0 })
})
