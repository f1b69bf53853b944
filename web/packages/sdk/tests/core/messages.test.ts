import { expect, test } from 'vitest'

import { MAX_MESSAGE_BYTES, MessageRefused, messageText } from '../../src/core/messages.ts'

const ENVELOPE = messageText('', 0).length

test('a message has its envelope', () => {
  expect(JSON.parse(messageText({ jump: [1, null] }, 7))).toEqual({
    type: 'message',
    data: { jump: [1, null] },
    id: 7,
  })
})

test('a message may fill the channel’s 16 KiB to the last byte', () => {
  const fits = 'x'.repeat(MAX_MESSAGE_BYTES - ENVELOPE)

  expect(messageText(fits, 0)).toHaveLength(MAX_MESSAGE_BYTES)
  expect(() => messageText(`${fits}x`, 0)).toThrow('16385 bytes')
})

test('bytes count, not characters', () => {
  const long = 'é'.repeat(MAX_MESSAGE_BYTES / 2)

  expect(() => messageText(long, 0)).toThrow(MessageRefused)
})

const loop: Record<string, unknown> = {}
loop['self'] = loop

test.each([
  ['nothing', undefined],
  ['a function', () => 1],
  ['a symbol', Symbol('s')],
  ['a big integer', 1n],
  ['a loop', loop],
])('%s is no message', (_what, data) => {
  expect(() => messageText(data, 0)).toThrow(
    expect.objectContaining({ code: 'not_json', name: 'MessageRefused' }) as Error,
  )
})
