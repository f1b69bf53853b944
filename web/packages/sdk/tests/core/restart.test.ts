import { END_CODES } from '@diorama/protocol'
import { describe, expect, test } from 'vitest'

import { endOf } from '../../src/core/ends.ts'
import { asked, type Story, streaming, welcomed } from './story.ts'

const WANTED = { autoRestart: true }

function end(story: Story, code: keyof typeof END_CODES, reason: string | null = null): Story {
  return story.session({ state: 'failed', end: endOf(code, reason, null) })
}

/** One more session that gets as far as its socket, and ends. */
function again(story: Story, code: keyof typeof END_CODES): Story {
  const session = { ...story.model.session, id: 'ses_2', state: 'connecting', end: null }
  story.wait(15_000).tell({
    type: 'opened',
    answer: { session: session as never, token: 'a token', continued: false },
  })
  story.tell({ type: 'socket_opened' })
  return end(story, code)
}

describe('a new session after the end of one', () => {
  test('is not opened unless the page wants it', () => {
    const story = end(streaming(), 4006)

    expect(story.state).toBe('failed')
    expect(story.emitted('restarting')).toEqual([])
  })

  test('is opened at once, announced, and the end is no end', () => {
    const story = end(streaming(WANTED), 4006)
    expect(story.emitted('restarting')).toMatchObject([
      { end: { code: 4006, reason: 'world_crashed' }, attempt: 1, inMs: 0 },
    ])
    expect(story.emitted('ended')).toEqual([])
    expect(story.did('close_peer')).toBe(1)
    expect(story.state).toBe('requesting')

    story.wait(0)

    expect(story.effects).toContainEqual({ do: 'post', fresh: true })
  })

  test('waits 0, 1, 2, 4, 8 and 15 s in a row, and then the end is one', () => {
    const story = end(welcomed({}, 60, WANTED), 4006)
    const waits = [story.emitted('restarting')[0]?.inMs]

    for (let ends = 0; ends < 5; ends += 1) {
      waits.push(again(story, 4006).emitted('restarting')[0]?.inMs)
    }
    expect(waits).toEqual([0, 1_000, 2_000, 4_000, 8_000, 15_000])

    expect(again(story, 4006).emitted('ended')).toMatchObject([{ code: 4006 }])
  })

  test('is opened once where the registry says once', () => {
    const story = end(welcomed({}, 60, WANTED), 4003)
    expect(story.emitted('restarting')).toHaveLength(1)

    expect(again(story, 4003).emitted('ended')).toMatchObject([{ code: 4003 }])
  })

  test('starts a new row after a minute of video', () => {
    const story = end(streaming(WANTED).wait(60_000).told({ type: 'heartbeat', n: 9 }), 4006)

    expect(story.emitted('restarting')).toMatchObject([{ attempt: 1, inMs: 0 }])
  })

  test('waits as long as the server says', () => {
    const facts = { retry_after_s: 7 }
    const problem = { status: 429, code: 'account_limit', detail: 'Full.', facts }

    const story = asked(WANTED).tell({ type: 'refused', problem })

    expect(story.emitted('restarting')).toMatchObject([{ inMs: 7_000, end: { problem } }])
    expect(story.wait(6_999).did('post')).toBe(0)
    expect(story.wait(1).did('post')).toBe(1)
  })

  test.each(Object.values(END_CODES).map(({ code, retry }) => [code, retry] as const))(
    'after %i follows the registry: %s',
    (code, retry) => {
      const story = end(streaming(WANTED), code)

      expect(story.emitted('restarting')).toHaveLength(retry === 'never' ? 0 : 1)
    },
  )

  test.each(['afk_timeout', 'hours_exhausted'])('is not opened for nobody: %s', (reason) => {
    expect(end(streaming(WANTED), 4004, reason).emitted('ended')).toHaveLength(1)
  })

  test('is not opened after the viewer has left', () => {
    const story = streaming(WANTED).tell({ type: 'leave', code: 1000 })

    expect(story.emitted('ended')).toHaveLength(1)
    expect(story.emitted('restarting')).toEqual([])
  })
})
