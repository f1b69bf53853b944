import { expect, test } from 'vitest'
import { ServerSentReader } from '../src/api/serverSent.ts'

test('an event is given once it is whole, however the stream is cut', () => {
  const reader = new ServerSentReader()

  expect(reader.take('event: session\nid: 7\nda')).toEqual([])
  expect(reader.take('ta: {"a":\ndata: 1}\n')).toEqual([])
  expect(reader.take('\nevent: worker\ndata: {}\n\n')).toEqual([
    { type: 'session', data: '{"a":\n1}', id: '7' },
    { type: 'worker', data: '{}', id: '7' },
  ])
})

test('comments, which keep a stream alive, and events without data are nothing', () => {
  const reader = new ServerSentReader()

  expect(reader.take(': still here\n\nevent: overview\n\n')).toEqual([])
  expect(reader.take('data:x\n\n')).toEqual([{ type: 'message', data: 'x', id: null }])
})

test('lines may end as on any system, also where a pair is cut in two', () => {
  const reader = new ServerSentReader()

  expect(reader.take('data: a\r')).toEqual([])
  expect(reader.take('\n\r\n')).toEqual([{ type: 'message', data: 'a', id: null }])
})

test('an event that never ends is refused', () => {
  const reader = new ServerSentReader()

  expect(() => reader.take(`data: ${'x'.repeat(5_000_000)}`)).toThrow('too long')
})
