import { expect, test } from 'vitest'

import { streaming, welcomed } from './story.ts'

const offer = (attachment: number) => ({ type: 'offer', attachment, sdp: 'an offer' }) as const
const restart = (scope: 'ice' | 'peer') => ({ type: 'restart', attachment: 1, scope }) as const

test('an offer is answered on a new peer connection', () => {
  const story = welcomed().told(offer(1))

  expect(story.effects).toContainEqual({ do: 'accept_offer', offer: offer(1), fresh: true })
  expect(story.sent).toEqual([{ type: 'media', attachment: 1, state: 'connecting' }])
})

test('an offer for the same attachment is answered on the same peer connection', () => {
  const story = streaming().told(offer(1))

  expect(story.effects).toEqual([{ do: 'accept_offer', offer: offer(1), fresh: false }])
})

test('an offer for an older attachment is a straggler', () => {
  const story = welcomed().told(offer(2)).told(offer(1))

  expect(story.effects).toEqual([])
})

test('the first frame is reported and told as attached', () => {
  const story = welcomed()
    .told(offer(1))
    .tell({ type: 'media', attachment: 1, seen: 'connected' })
    .tell({ type: 'media', attachment: 1, seen: 'playing' })

  expect(story.sent).toEqual([{ type: 'media', attachment: 1, state: 'playing' }])
  expect(story.emitted('attached')).toEqual([{ attachment: 1 }])
})

test('candidates of another attachment are dropped', () => {
  const candidate = { candidate: 'candidate:1' }
  const story = streaming()

  expect(story.told({ type: 'candidate', attachment: 1, candidate }).did('add_candidate')).toBe(1)
  expect(story.told({ type: 'candidate', attachment: 2, candidate }).did('add_candidate')).toBe(0)
})

test('a connection lost for less than a second is left alone', () => {
  const story = streaming().tell({ type: 'media', attachment: 1, seen: 'disconnected' }).wait(999)
  expect(story.sent).toEqual([])
  expect(story.state).toBe('streaming')

  story.tell({ type: 'media', attachment: 1, seen: 'connected' })

  expect(story.wait(4_000).sent).not.toContainEqual(restart('ice'))
})

test('a lost connection asks for an ICE restart, 3 s later for a new one, and again each 10 s', () => {
  const story = streaming().tell({ type: 'media', attachment: 1, seen: 'disconnected' })

  expect(story.wait(1_000).sent).toEqual([restart('ice')])
  expect(story.reconnecting).toEqual({ step: 'ice', attempt: 1, live: false })
  expect(story.state).toBe('connecting')
  expect(story.wait(2_999).sent).not.toContainEqual(restart('peer'))
  expect(story.wait(1).sent).toEqual([restart('peer')])
  story.told({ type: 'heartbeat', n: 1 })
  expect(story.wait(9_999).sent).not.toContainEqual(restart('peer'))
  expect(story.wait(1).sent).toContainEqual(restart('peer'))
})

test('a failed connection asks for an ICE restart at once', () => {
  const story = streaming().tell({ type: 'media', attachment: 1, seen: 'failed' })

  expect(story.sent).toEqual([{ type: 'media', attachment: 1, state: 'lost' }, restart('ice')])
})

test('a connection that never came up asks for a new one', () => {
  const story = welcomed().told(offer(1))

  expect(story.wait(9_999).sent).not.toContainEqual(restart('peer'))
  expect(story.wait(1).sent).toContainEqual(restart('peer'))
})

test('frames that come again end the repair', () => {
  const story = streaming().tell({ type: 'media', attachment: 1, seen: 'failed' })
  story.told(offer(2)).tell({ type: 'media', attachment: 2, seen: 'connected' })
  expect(story.reconnecting).toEqual({ step: 'peer', attempt: 0, live: false })

  story.tell({ type: 'media', attachment: 2, seen: 'playing' })

  expect(story.emitted('reconnected')).toEqual([{ attachment: 2 }])
  expect(story.state).toBe('streaming')
})

test('where media was lost with the socket, hello asks for a new offer', () => {
  const story = streaming()
    .tell({ type: 'media', attachment: 1, seen: 'failed' })
    .tell({ type: 'socket_closed', code: 1006 })
    .wait(0)
    .tell({ type: 'socket_opened' })

  expect(story.sent).toMatchObject([{ type: 'hello', attachment: null }])
})

test('what an older peer connection says is left alone', () => {
  const story = streaming().told(offer(2)).tell({ type: 'media', attachment: 1, seen: 'failed' })

  expect(story.effects).toEqual([])
})

test('a picture that stands still is reported and nothing else', () => {
  const story = streaming().tell({ type: 'media', attachment: 1, seen: 'stalled' })

  expect(story.effects).toEqual([
    { do: 'send', message: { type: 'media', attachment: 1, state: 'stalled' } },
  ])
})
