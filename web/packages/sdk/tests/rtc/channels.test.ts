// @vitest-environment jsdom
import type { ViewerToWorld, WorldToViewer } from '@diorama/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { MessageRefused } from '../../src/core/messages.ts'
import { Channels } from '../../src/rtc/channels.ts'

/** A data channel whose other end is the test. */
class Channel {
  readyState: RTCDataChannelState = 'open'
  bufferedAmount = 0
  onopen: (() => void) | null = null
  onclose: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  readonly label: string
  readonly sent: ViewerToWorld[] = []

  constructor(label: string) {
    this.label = label
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ViewerToWorld)
  }

  tell(message: WorldToViewer): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }

  /** All that was sent but pings. */
  get words(): ViewerToWorld[] {
    return this.sent.filter(({ type }) => type !== 'ping')
  }
}

let channels: Channels
let control: Channel
let heard: unknown[]
let refused: string[]

beforeEach(() => {
  vi.useFakeTimers()
  heard = []
  refused = []
  channels = new Channels({
    onMessage: (data) => heard.push(data),
    onRefusal: (code) => refused.push(code),
    onClosed: () => undefined,
  })
  control = new Channel('control')
  channels.handleChannel(control as unknown as RTCDataChannel)
  control.tell({ type: 'pong', n: 0 })
})

afterEach(() => {
  channels.stop()
  vi.useRealTimers()
})

describe('input that is faster than its channel', () => {
  const press = { type: 'key_down', code: 'KeyW', key: 'w' } as const

  beforeEach(() => {
    channels.stop()
    channels = new Channels({
      onMessage: () => undefined,
      onRefusal: () => undefined,
      onClosed: () => undefined,
    })
    control = new Channel('control')
    control.readyState = 'connecting'
  })

  function open(): void {
    control.readyState = 'open'
    control.onopen?.()
  }

  function answer(): void {
    control.tell({ type: 'pong', n: 0 })
  }

  test('is sent, in order, once the worker has answered on it', async () => {
    expect(channels.sendInput(press)).toBe(true)
    channels.handleChannel(control as unknown as RTCDataChannel)
    expect(channels.sendInput({ ...press, type: 'key_up' })).toBe(true)
    open()
    expect(channels.sendInput(press)).toBe(true)
    const taken = channels.sendMessage('early')
    expect(control.words).toEqual([])

    answer()

    const message = { type: 'message', data: 'early', id: 0 }
    expect(control.words).toEqual([press, { ...press, type: 'key_up' }, press, message])
    control.tell({ type: 'ack', id: 0 })
    expect(await taken).toBe(true)
  })

  test('is sent though its first ping was lost', async () => {
    channels.handleChannel(control as unknown as RTCDataChannel)
    open()
    channels.sendInput(press)
    await vi.advanceTimersByTimeAsync(500)

    control.tell({ type: 'pong', n: 1 })

    expect(control.words).toEqual([press])
  })

  test('is forgotten after 2 s, and is 64 events at most', async () => {
    channels.handleChannel(control as unknown as RTCDataChannel)
    channels.sendInput(press)
    await vi.advanceTimersByTimeAsync(2_001)
    const kept = Array.from({ length: 64 }, () => channels.sendInput(press))

    open()
    answer()

    expect(kept.filter(Boolean)).toHaveLength(63)
    expect(control.words).toHaveLength(63)
  })

  test('is not kept where the channel is gone', () => {
    channels.handleChannel(control as unknown as RTCDataChannel)
    channels.stop()

    expect(channels.sendInput(press)).toBe(false)
  })
})

describe('messages', () => {
  test('go in order, and each resolves to true when the world has taken it', async () => {
    const taken = [channels.sendMessage('one'), channels.sendMessage('two')]

    expect(control.words).toEqual([
      { type: 'message', data: 'one', id: 0 },
      { type: 'message', data: 'two', id: 1 },
    ])
    control.tell({ type: 'ack', id: 1 })
    control.tell({ type: 'ack', id: 0 })
    expect(await Promise.all(taken)).toEqual([true, true])
  })

  test('resolve to false when the world has not taken them in 10 s', async () => {
    const taken = channels.sendMessage('lost')
    await vi.advanceTimersByTimeAsync(9_999)
    const state = await Promise.race([taken, Promise.resolve('waits')])
    expect(state).toBe('waits')

    await vi.advanceTimersByTimeAsync(1)

    expect(await taken).toBe(false)
  })

  test('resolve to false when the connection goes', async () => {
    const taken = channels.sendMessage('lost')

    control.onclose?.()

    expect(await taken).toBe(false)
  })

  test('resolve to false at once while there is no connection', async () => {
    control.readyState = 'closed'

    expect(await channels.sendMessage('early')).toBe(false)
  })

  test('of more than 16 KiB are refused before anything is sent', () => {
    expect(() => channels.sendMessage('x'.repeat(16_384))).toThrow(MessageRefused)
    expect(control.words).toEqual([])
  })

  test('of the world are handed on, and acknowledged where they ask for it', () => {
    control.tell({ type: 'message', data: { score: 1 } })
    control.tell({ type: 'message', data: 'again', id: 9 })

    expect(heard).toEqual([{ score: 1 }, 'again'])
    expect(control.words).toEqual([{ type: 'ack', id: 9 }])
  })

  test('more than can wait for their acknowledgement are not sent', async () => {
    for (let n = 0; n < 256; n += 1) void channels.sendMessage(n)

    expect(await channels.sendMessage('one more')).toBe(false)
    expect(control.words).toHaveLength(256)
  })
})

describe('pings', () => {
  test('go out twice a second, and give the round trip', async () => {
    await vi.advanceTimersByTimeAsync(1_000)
    expect(control.sent).toHaveLength(3)

    await vi.advanceTimersByTimeAsync(40)
    control.tell({ type: 'pong', n: 2 })

    expect(channels.rttMs).toBeCloseTo(40)
  })

  test('end with the channel', async () => {
    control.onclose?.()

    await vi.advanceTimersByTimeAsync(5_000)

    expect(control.sent).toHaveLength(1)
  })
})

describe('moves', () => {
  const move = { type: 'pointer_move', x: 0.5, y: 0.5 } as const

  test('go on a channel of their own, and are dropped when that is full', () => {
    const input = new Channel('input')
    channels.handleChannel(input as unknown as RTCDataChannel)

    expect(channels.sendInput(move)).toBe(true)
    input.bufferedAmount = 5_000

    expect(channels.sendInput(move)).toBe(false)
    expect(input.sent).toEqual([move])
  })

  test('go with everything else until that is there', () => {
    expect(channels.sendInput(move)).toBe(true)
    expect(control.words).toEqual([move])
  })
})

test('what the world refuses is told', () => {
  control.tell({ type: 'problem', code: 'wrong_channel', message: 'No.' })

  expect(refused).toEqual(['wrong_channel'])
})
