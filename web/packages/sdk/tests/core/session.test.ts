import { END_CODES } from '@diorama/protocol'
import { describe, expect, test } from 'vitest'

import { asked, endView, opened, sessionView, type Story, streaming, welcomed } from './story.ts'

describe('the seven states', () => {
  test('a session that was asked for is requesting', () => {
    expect(asked().state).toBe('requesting')
  })

  test('a session in line is queued and tells its place', () => {
    const queue = { position: 1, length: 3 }

    const story = welcomed({ state: 'queued' }).session({ state: 'queued', queue })

    expect(story.state).toBe('queued')
    expect(story.emitted('queue')).toEqual([queue])
  })

  test('the same place told again is no event', () => {
    const queue = { position: 1, length: 3 }
    const story = welcomed({ state: 'queued' }).session({ state: 'queued', queue })

    story.session({ state: 'queued', queue: { ...queue } })

    expect(story.emitted('queue')).toEqual([])
  })

  test('a session with a slot is connecting until frames come', () => {
    const story = welcomed({ state: 'queued' }).session({ state: 'connecting' })

    expect(story.state).toBe('connecting')
    expect(story.emitted('state')).toEqual(['connecting'])
  })

  test('a session whose frames come is streaming', () => {
    expect(streaming().state).toBe('streaming')
  })

  test('a viewer who does nothing is told to be idle', () => {
    expect(streaming().session({ state: 'idle' }).state).toBe('idle')
  })

  test('a reload joins a streaming session as connecting, until its own frames come', () => {
    const story = welcomed({ state: 'streaming' })

    expect(story.state).toBe('connecting')
  })

  test('a session that ended cleanly is disconnected', () => {
    const story = streaming().session({ state: 'disconnected', end: endView(1000, 'never') })

    expect(story.state).toBe('disconnected')
  })

  test('a session that ended unexpectedly is failed', () => {
    expect(streaming().session({ state: 'failed', end: endView(4006) }).state).toBe('failed')
  })

  test('an older view of the session changes nothing', () => {
    const story = streaming()

    story.told({ type: 'session', session: sessionView({ version: 1, state: 'queued' }) })

    expect(story.state).toBe('streaming')
  })
})

describe('the end', () => {
  test.each(Object.values(END_CODES))('code $code ends the session as $ends', ({ code, ends }) => {
    const story = streaming().session({ state: ends, end: endView(code) })

    expect(story.state).toBe(ends)
    expect(story.emitted('ended')).toMatchObject([{ code, message: 'A sentence.' }])
    expect(story.did('close_peer')).toBe(1)
    expect(story.did('close_socket')).toBe(1)
  })

  test.each(Object.values(END_CODES).filter(({ code }) => code >= 4000))(
    'a socket closed with $code ends the session in the words of the registry',
    ({ code, viewer }) => {
      const story = streaming().tell({ type: 'socket_closed', code })

      expect(story.emitted('ended')).toMatchObject([{ code, message: viewer }])
    },
  )

  test.each([1000, 1001, 1006, 1011, 1012, 4999])(
    'a socket closed with %i is only lost',
    (code) => {
      const story = streaming().tell({ type: 'socket_closed', code })

      expect(story.state).toBe('streaming')
      expect(story.emitted('ended')).toEqual([])
    },
  )

  test('a refusal is explained before its close, and the explanation is what the viewer reads', () => {
    const story = opened()
      .tell({ type: 'socket_opened' })
      .told({ type: 'problem', code: 'unauthorized', message: 'This token was used.' })
      .tell({ type: 'socket_closed', code: 4013 })

    expect(story.emitted('ended')).toMatchObject([{ code: 4013, message: 'This token was used.' }])
  })

  test('nothing changes an end', () => {
    const story = streaming().session({ state: 'failed', end: endView(4006) })

    story.session({ state: 'streaming' }).tell({ type: 'wake' }).wait(600_000)

    expect(story.state).toBe('failed')
    expect(story.effects).toEqual([])
  })

  test('a session that had ended already when it was answered opens no socket', () => {
    const story = opened({ state: 'failed', end: endView(4001) })

    expect(story.emitted('ended')).toMatchObject([{ code: 4001 }])
    expect(story.did('open_socket')).toBe(0)
  })
})

describe('leaving', () => {
  test('a page that is left says so by every way there is', () => {
    const story = streaming().tell({ type: 'leave', code: 1001 })

    expect(story.sent).toEqual([{ type: 'bye', code: 1001 }])
    expect(story.effects).toContainEqual({ do: 'say_bye', code: 1001 })
    expect(story.effects).toContainEqual({
      do: 'post_bye',
      session: 'ses_1',
      token: 'a token',
      code: 1001,
    })
    expect(story.state).toBe('disconnected')
  })

  test('a viewer who ends it on purpose is told so at once', () => {
    const story = streaming().tell({ type: 'leave', code: 1000 })

    expect(story.sent).toEqual([{ type: 'bye', code: 1000 }])
    expect(story.did('post_bye')).toBe(0)
    expect(story.emitted('ended')).toMatchObject([{ code: 1000, reason: 'client_ended' }])
  })

  test('without a socket the goodbye is a request', () => {
    const story = streaming().tell({ type: 'socket_closed', code: 1006 })

    story.tell({ type: 'leave', code: 1000 })

    expect(story.did('post_bye')).toBe(1)
  })

  test('a session answered after the viewer has left is given back', () => {
    const story = asked().tell({ type: 'leave', code: 1000 })

    story.tell({
      type: 'opened',
      answer: { session: sessionView(), token: 'late', continued: false },
    })

    expect(story.effects).toEqual([{ do: 'post_bye', session: 'ses_1', token: 'late', code: 1000 }])
  })
})

describe('the request', () => {
  test('an unanswered request is sent again after 1, 2, 4, 8 and 15 s', () => {
    const story = asked()

    for (const delay of [1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
      story.tell({ type: 'unanswered' }).wait(delay - 1)
      expect(story.did('post')).toBe(0)
      story.wait(1)
      expect(story.did('post')).toBe(1)
    }
  })

  test('a server that does not answer for a minute is given up', () => {
    const story = asked()
    story.nowMs = 50_000

    for (let tries = 0; tries < 4; tries += 1) story.tell({ type: 'unanswered' }).wait(15_000)

    expect(story.state).toBe('failed')
    expect(story.model.end).toMatchObject({ code: 4007, reason: 'gave_up' })
  })

  test.each([
    [429, 'account_limit', 4010],
    [429, 'limit_reached', 4010],
    [503, 'unavailable', 4001],
    [404, 'not_found', 4002],
    [401, 'unauthorized', 4013],
    [403, 'origin_refused', 4013],
    [409, 'project_disabled', 4000],
  ])('a request refused with %i %s ends with %i and the reason given', (status, code, end) => {
    const problem = { status, code, detail: 'Because.', facts: {} }

    const story = asked().tell({ type: 'refused', problem })

    expect(story.emitted('error')).toEqual([{ code, message: 'Because.' }])
    expect(story.emitted('ended')).toMatchObject([{ code: end, reason: code, problem }])
  })
})

describe('the socket', () => {
  test('hello carries the token, the codecs and no attachment', () => {
    const story = opened().tell({ type: 'socket_opened' })

    expect(story.sent).toEqual([
      { type: 'hello', protocol: 1, token: 'a token', attachment: null, codecs: ['H264', 'VP8'] },
    ])
  })

  test('a lost socket is tried at once, then after 1, 2, 4, 8, 15 and 15 s', () => {
    const story = streaming().tell({ type: 'socket_closed', code: 1006 }).wait(0)
    expect(story.did('open_socket')).toBe(1)

    for (const delay of [1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
      story.tell({ type: 'socket_closed', code: 1006 }).wait(delay - 1)
      expect(story.did('open_socket')).toBe(0)
      story.wait(1)
      expect(story.did('open_socket')).toBe(1)
    }
  })

  test('jitter cuts a wait by half at most', () => {
    const story = streaming().tell({ type: 'socket_closed', code: 1006 }).wait(0)
    story.chance = 0.999
    story.tell({ type: 'socket_closed', code: 1006 })

    expect(story.wait(499).did('open_socket')).toBe(0)
    expect(story.wait(2).did('open_socket')).toBe(1)
  })

  test('a socket that is closed as soon as it is welcomed is not tried in a loop', () => {
    const story = welcomed().tell({ type: 'socket_closed', code: 1011 })

    expect(story.wait(999).did('open_socket')).toBe(0)
    expect(story.wait(1).did('open_socket')).toBe(1)
  })

  test('the network coming back ends the wait', () => {
    const story = streaming().tell({ type: 'socket_closed', code: 1006 }).wait(0)
    story.tell({ type: 'socket_closed', code: 1006 })

    story.tell({ type: 'wake' })

    expect(story.did('open_socket')).toBe(1)
  })

  test('while media flows only the socket is repaired: hello names its attachment', () => {
    const story = streaming().tell({ type: 'socket_closed', code: 1006 }).wait(0)
    expect(story.state).toBe('streaming')
    expect(story.reconnecting).toEqual({ step: 'socket', attempt: 0, live: true })

    story.tell({ type: 'socket_opened' })
    expect(story.sent).toMatchObject([{ type: 'hello', attachment: 1 }])

    story.welcome()
    expect(story.emitted('reconnected')).toEqual([{ attachment: 1 }])
    expect(story.did('close_peer')).toBe(0)
  })

  test('while media flows the socket is tried beyond the resume window', () => {
    const story = streaming().tell({ type: 'socket_closed', code: 1006 })

    for (let tries = 0; tries < 12; tries += 1) {
      story.wait(15_000).tell({ type: 'socket_closed', code: 1006 })
    }

    expect(story.nowMs).toBeGreaterThan(120_000)
    expect(story.state).toBe('streaming')
  })

  test('without socket and media the session is given up when the resume window ends', () => {
    const story = streaming()
      .tell({ type: 'socket_closed', code: 1006 })
      .tell({ type: 'media', attachment: 1, seen: 'failed' })

    expect(story.wait(59_999).state).toBe('connecting')
    expect(story.wait(1).emitted('ended')).toMatchObject([{ code: 4007, reason: 'gave_up' }])
  })

  test('heartbeats go out at the pace of the welcome', () => {
    const story = welcomed()

    expect(story.wait(4_999).sent).toEqual([])
    expect(story.wait(1).sent).toEqual([{ type: 'heartbeat', n: 0 }])
  })

  test('a socket that leaves two heartbeats unanswered is dropped', () => {
    const story = welcomed()

    expect(story.wait(12_499).did('close_socket')).toBe(0)
    expect(story.wait(1).did('close_socket')).toBe(1)
  })

  test('a socket that does not open in 10 s is dropped', () => {
    const story = opened()

    expect(story.wait(9_999).did('close_socket')).toBe(0)
    expect(story.wait(1).did('close_socket')).toBe(1)
  })

  test('what a newer gateway says beyond this protocol is left alone', () => {
    const story = welcomed()
    const news = JSON.parse('{"type":"news"}') as Parameters<Story['told']>[0]

    expect(story.told(news).effects).toEqual([])
  })
})
