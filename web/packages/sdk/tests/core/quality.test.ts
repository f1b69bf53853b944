import { expect, test } from 'vitest'

import { qualityOf } from '../../src/core/quality.ts'
import type { Path, StreamStats } from '../../src/core/stats.ts'

const PATH: Path = {
  protocol: 'udp',
  local: 'relay',
  remote: 'host',
  relayed: true,
  relayProtocol: 'tls',
  rttMs: 20.04,
}
const STATS: StreamStats = {
  fps: 59.9,
  meantFps: 60,
  bitrateKbps: 4_000,
  audioBitrateKbps: 0,
  rttMs: 31,
  jitterMs: 1,
  jitterBufferMs: 2,
  decodeMs: 3,
  framesDecoded: 60,
  framesDropped: 0,
  packetsLost: 1,
  loss: 0.004,
  freezes: 0,
  width: 1280,
  height: 720,
  codec: 'H264',
  decoder: 'FFmpeg',
  path: PATH,
}

test('the first figures are told at once, the next when it is time', () => {
  const first = qualityOf(null, STATS, 1, 30_000, 5_000)

  expect(first?.message).toEqual({
    type: 'quality',
    attachment: 1,
    path: { local: 'relay', remote: 'host', protocol: 'udp', relay: 'tls' },
    fps: 59.9,
    bitrate_kbps: 4_000,
    rtt_ms: 20,
    loss_percent: 0.4,
    width: 1280,
    height: 720,
  })
  expect(qualityOf(first?.told ?? null, STATS, 1, 30_000, 34_999)).toBeNull()
  expect(qualityOf(first?.told ?? null, STATS, 1, 30_000, 35_000)).not.toBeNull()
})

test('another path, or another peer connection, is told at once', () => {
  const told = qualityOf(null, STATS, 1, 30_000, 5_000)?.told ?? null
  const direct = { ...STATS, path: { ...PATH, local: 'host', relayProtocol: null } }

  expect(qualityOf(told, direct, 1, 30_000, 6_000)?.message.path?.local).toBe('host')
  expect(qualityOf(told, STATS, 2, 30_000, 6_000)).not.toBeNull()
})

test('a path of a kind that nobody knows is left out', () => {
  const odd = { ...STATS, path: { ...PATH, remote: 'carrier pigeon' } }

  expect(qualityOf(null, odd, 1, 30_000, 0)?.message.path).toBeNull()
  expect(qualityOf(null, { ...STATS, path: null, rttMs: null }, 1, 1, 0)?.message.rtt_ms).toBeNull()
})
