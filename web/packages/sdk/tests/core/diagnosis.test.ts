import { describe, expect, test } from 'vitest'

import { type Facts, type PeerFacts, verdict } from '../../src/core/diagnosis.ts'
import { endOf } from '../../src/core/ends.ts'
import type { Path, StreamStats } from '../../src/core/stats.ts'

const PATH: Path = {
  protocol: 'udp',
  local: 'host',
  remote: 'host',
  relayed: false,
  relayProtocol: null,
  rttMs: 1,
}
const STATS: StreamStats = {
  fps: 60,
  meantFps: 60,
  bitrateKbps: 4_000,
  audioBitrateKbps: 0,
  rttMs: 2,
  jitterMs: 1,
  jitterBufferMs: 5,
  decodeMs: 2,
  framesDecoded: 600,
  framesDropped: 0,
  packetsLost: 0,
  loss: 0,
  freezes: 0,
  width: 1280,
  height: 720,
  codec: 'H264',
  decoder: 'FFmpeg',
  path: PATH,
}
const PLAYING: Facts = {
  state: 'streaming',
  end: null,
  queue: null,
  request: 'answered',
  requestAttempts: 0,
  socket: 'open',
  socketAttempts: 0,
  socketWorked: true,
  media: 'playing',
  reconnecting: null,
  peer: null,
  stats: STATS,
  video: 'playing',
  soundBlocked: false,
  pageHidden: false,
}
const PEER: PeerFacts = {
  ice: 'checking',
  dtls: 'connecting',
  forMs: 9_000,
  turn: false,
  turnErrors: [],
  relayOnly: false,
  local: ['host', 'srflx'],
  remote: ['host'],
  bytesReceived: 0,
  framesDecoded: 0,
}
const CONNECTING: Facts = { ...PLAYING, state: 'connecting', media: 'connecting', stats: null }

function stats(changes: Partial<StreamStats>): Facts {
  return { ...PLAYING, stats: { ...STATS, ...changes } }
}

function peer(changes: Partial<PeerFacts>): Facts {
  return { ...CONNECTING, peer: { ...PEER, ...changes } }
}

describe('the verdict', () => {
  test.each<[Facts, string]>([
    [
      { ...PLAYING, end: { ...endOf(4006, null, null), problem: null } },
      'The session is over: The world stopped unexpectedly. (4006, world_crashed)',
    ],
    [
      { ...CONNECTING, request: 'asking' },
      'The session has been asked for; the server has not answered yet.',
    ],
    [
      { ...CONNECTING, request: 'waiting', requestAttempts: 2 },
      'The server does not answer: it is down, cannot be reached from here, or does not take ' +
        'requests from pages of this origin.',
    ],
    [
      { ...CONNECTING, request: 'away' },
      'The page was left and its session ended; it is asked for again when the page returns.',
    ],
    [
      { ...CONNECTING, socket: 'opening', socketWorked: false, media: 'none' },
      'The server has answered; its socket is being opened.',
    ],
    [
      {
        ...CONNECTING,
        socket: 'waiting',
        socketAttempts: 3,
        socketWorked: false,
        media: 'none',
      },
      'The server answers requests, but its socket does not open: a proxy on the way probably ' +
        'does not let WebSockets through.',
    ],
    [
      { ...CONNECTING, socket: 'waiting', socketAttempts: 1, media: 'none' },
      'The connection to the server is lost; it is being repaired.',
    ],
    [
      { ...PLAYING, socket: 'waiting', socketAttempts: 1 },
      'Video plays at 60 fps, but the socket to the server is lost; it is being repaired.',
    ],
    [
      { ...CONNECTING, state: 'queued', media: 'none' },
      'No slot is free; the session waits in line.',
    ],
    [
      { ...CONNECTING, state: 'queued', media: 'none', queue: { position: 2, length: 5 } },
      'No slot is free: number 2 of 5 in line.',
    ],
    [
      {
        ...CONNECTING,
        state: 'queued',
        media: 'none',
        queue: { position: 1, length: 5, eta_p50_s: 240 },
      },
      'No slot is free: number 1 of 5 in line, probably for 4 min.',
    ],
    [
      { ...CONNECTING, media: 'none' },
      'A slot is held and the world is starting; it has not offered its video yet.',
    ],
    [CONNECTING, 'The video connection is being set up.'],
    [peer({ forMs: 900 }), 'The video connection is being set up.'],
    [
      peer({}),
      'The socket is open but no media arrives: UDP is probably blocked; a TURN server would help.',
    ],
    [
      peer({ forMs: 900, ice: 'failed' }),
      'The socket is open but no media arrives: UDP is probably blocked; a TURN server would help.',
    ],
    [
      peer({ remote: [] }),
      'The socket is open but no media arrives: the worker has named no address to reach it at.',
    ],
    [
      peer({ turn: true }),
      'The socket is open but no media arrives: the TURN server cannot be reached from here, or ' +
        'refuses its credentials.',
    ],
    [
      peer({ turn: true, turnErrors: [701, 401] }),
      'The socket is open but no media arrives: the TURN server refuses the credential: it has ' +
        'another shared secret than the gateway, or their clocks differ.',
    ],
    [
      peer({ turn: true, turnErrors: [701] }),
      'The socket is open but no media arrives: the TURN server cannot be reached from here.',
    ],
    [
      peer({ turn: true, turnErrors: [600] }),
      'The socket is open but no media arrives: the TURN server answers with error 600.',
    ],
    [
      peer({ relayOnly: true }),
      'The page lets media go by TURN servers alone, and the server names none.',
    ],
    [
      peer({ turn: true, local: ['host', 'relay'] }),
      'The socket is open but no media arrives, not even through the TURN server: the worker ' +
        'cannot be reached from it.',
    ],
    [
      peer({ dtls: 'connected', forMs: 1_000 }),
      'The video connection is up; the first picture is on its way.',
    ],
    [peer({ dtls: 'connected' }), 'The video connection is up, but the world sends no pictures.'],
    [
      peer({ dtls: 'connected', bytesReceived: 90_000 }),
      'Video arrives, but this browser cannot decode it.',
    ],
    [
      { ...CONNECTING, media: 'lost' },
      'The video connection has just been lost; it may come back by itself.',
    ],
    [
      { ...CONNECTING, media: 'lost', reconnecting: { step: 'ice', attempt: 1, live: false } },
      'The video connection is lost; it is being repaired by other addresses (attempt 1).',
    ],
    [
      { ...CONNECTING, media: 'lost', reconnecting: { step: 'peer', attempt: 2, live: false } },
      'The video connection is lost; it is being repaired by a new connection (attempt 2).',
    ],
    [
      {
        ...peer({ ice: 'failed' }),
        media: 'lost',
        reconnecting: { step: 'peer', attempt: 3, live: false },
      },
      'The socket is open but no media arrives: UDP is probably blocked; a TURN server would help.',
    ],
    [{ ...PLAYING, video: 'none' }, 'Video arrives, but no video element shows it.'],
    [{ ...PLAYING, pageHidden: true }, 'The session is live, but its page is hidden.'],
    [{ ...PLAYING, video: 'paused' }, 'Video arrives, but its video element is paused.'],
    [{ ...PLAYING, stats: null }, 'Video plays.'],
    [stats({ fps: 0 }), 'The picture stands still: no frame came in the last second.'],
    [
      stats({ fps: 11, meantFps: 30 }),
      'Video plays at 11 fps over a direct UDP path, 2 ms away; the world means to show 30: a ' +
        'machine may be busy, or the network narrow.',
    ],
    [stats({ fps: 5, meantFps: 5 }), 'Video plays at 5 fps over a direct UDP path, 2 ms away.'],
    [
      stats({ fps: 5, meantFps: null }),
      'Video plays at 5 fps over a direct UDP path, 2 ms away; that is few: a machine may be ' +
        'busy, or the network narrow.',
    ],
    [stats({ fps: 0, meantFps: 1 }), 'Video plays over a direct UDP path, 2 ms away.'],
    [PLAYING, 'Video plays at 60 fps over a direct UDP path, 2 ms away.'],
    [
      stats({
        fps: 29.7,
        meantFps: 30,
        rttMs: null,
        path: { ...PATH, protocol: 'tcp', rttMs: 31.4 },
      }),
      'Video plays at 30 fps over a direct TCP path, 31 ms away.',
    ],
    [
      stats({ path: { ...PATH, local: 'relay', relayed: true, relayProtocol: 'tls' } }),
      'Video plays at 60 fps over a TURN relay by TLS, 2 ms away.',
    ],
    [
      stats({ path: { ...PATH, remote: 'relay', relayed: true } }),
      'Video plays at 60 fps over a TURN relay, 2 ms away.',
    ],
    [
      stats({ loss: 0.07 }),
      'Video plays at 60 fps over a direct UDP path, 2 ms away; 7 % of its packets are lost on ' +
        'the way.',
    ],
    [
      stats({ rttMs: 210 }),
      'Video plays at 60 fps over a direct UDP path, 210 ms away; input feels slow at this ' +
        'distance.',
    ],
    [
      stats({ jitterBufferMs: 180 }),
      'Video plays at 60 fps over a direct UDP path, 2 ms away; the network is so uneven that ' +
        'frames wait 180 ms.',
    ],
    [
      stats({ decodeMs: 41 }),
      'Video plays at 60 fps over a direct UDP path, 2 ms away; this device takes 41 ms to ' +
        'decode a frame.',
    ],
    [
      { ...PLAYING, soundBlocked: true },
      'Video plays at 60 fps over a direct UDP path, 2 ms away. Sound waits for a click: the ' +
        'browser allows none before.',
    ],
  ])('%# is in plain words', (facts, sentence) => {
    expect(verdict(facts)).toBe(sentence)
  })
})
