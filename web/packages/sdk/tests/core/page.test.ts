import { describe, expect, test } from 'vitest'

import { asked, sessionView, streaming, welcomed } from './story.ts'

describe('a page that is left', () => {
  test('ends its session by socket, by channel and by request', () => {
    const story = streaming().tell({ type: 'page_left', mayReturn: false })

    expect(story.sent).toEqual([{ type: 'bye', code: 1001 }])
    expect([story.did('say_bye'), story.did('post_bye')]).toEqual([1, 1])
    expect(story.emitted('ended')).toMatchObject([{ code: 1001, reason: 'page_left' }])
  })

  test('ends its session too where the browser keeps it, but tells nobody', () => {
    const story = streaming().tell({ type: 'page_left', mayReturn: true })

    expect([story.did('say_bye'), story.did('post_bye'), story.did('close_peer')]).toEqual([
      1, 1, 1,
    ])
    expect(story.emitted('ended')).toEqual([])
    expect(story.wait(3_600_000).effects).toEqual([])
  })

  test('asks again for its session when it returns', () => {
    const story = streaming().tell({ type: 'page_left', mayReturn: true }).wait(10_000)

    story.tell({ type: 'page_returned' })

    expect(story.effects).toContainEqual({ do: 'post', fresh: true })
    expect(story.state).toBe('requesting')
  })

  test('gives back a session that is answered while it is away', () => {
    const story = asked().tell({ type: 'page_left', mayReturn: true })
    const answer = { session: sessionView(), token: 'late', continued: false }

    story.tell({ type: 'opened', answer })

    expect(story.effects).toEqual([{ do: 'post_bye', session: 'ses_1', token: 'late', code: 1001 }])
  })
})

describe('a hidden page', () => {
  test('keeps its session and its heartbeats', () => {
    const story = streaming().tell({ type: 'page_hidden' })

    expect(story.wait(5_000).sent).toContainEqual({ type: 'heartbeat', n: 1 })
  })

  test('leaves after the time it has, and no sooner', () => {
    const story = welcomed({}, 60, { hiddenForMs: 10_000 }).tell({ type: 'page_hidden' })

    story.wait(9_999).told({ type: 'heartbeat', n: 0 })
    expect(story.state).toBe('connecting')

    expect(story.wait(1).emitted('ended')).toMatchObject([{ code: 1000, reason: 'client_ended' }])
  })

  test('stays when it is seen again in time', () => {
    const story = welcomed({}, 60, { hiddenForMs: 10_000 }).tell({ type: 'page_hidden' })

    story.wait(9_999).tell({ type: 'page_shown' }).told({ type: 'heartbeat', n: 1 })

    expect(story.wait(2).emitted('ended')).toEqual([])
  })
})

describe('a page that is seen again', () => {
  test('asks its socket for a sign of life, and trusts one that answers', () => {
    const story = streaming().wait(1_000).tell({ type: 'page_shown' })
    expect(story.sent).toMatchObject([{ type: 'heartbeat' }])

    story.told({ type: 'heartbeat', n: 1 })

    expect(story.wait(3_000).did('close_socket')).toBe(0)
  })

  test('gives a socket that does not answer 3 s', () => {
    const story = streaming().wait(1_000).tell({ type: 'page_shown' })

    expect(story.wait(2_999).did('close_socket')).toBe(0)
    expect(story.wait(1).did('close_socket')).toBe(1)
  })

  test('opens a new socket at once where the old one was silent while it was frozen', () => {
    const story = streaming()
    story.nowMs += 40_000

    story.tell({ type: 'wake' })

    expect([story.did('close_socket'), story.did('open_socket')]).toEqual([1, 1])
    expect(story.state).toBe('streaming')
  })
})
