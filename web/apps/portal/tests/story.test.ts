import { expect, test } from 'vitest'
import {
  actorText,
  bitrateText,
  factTexts,
  inOrder,
  measuredIn,
  sinceText,
} from '../src/pages/sessions/story.ts'

test.each([
  ['viewer', 'by the viewer'],
  ['worker:gpu-1', 'by worker gpu-1'],
  ['key:key_1', 'by key key_1'],
  ['somebody:new:kind', 'by somebody:new:kind'],
])('%s reads as who did it', (actor, text) => {
  expect(actorText(actor)).toBe(text)
})

test('the unit of a fact stands behind its number, and text stays as it is', () => {
  expect(
    factTexts({
      bitrate_kbps: 8_200,
      rtt_ms: 21.4,
      after_s: 2.6,
      loss_percent: 0.1 + 0.2,
      path: '<b>',
    }),
  ).toEqual([
    ['bitrate', '8.2 Mbit/s'],
    ['rtt', '21 ms'],
    ['after', '2.6 s'],
    ['loss', '0.3 %'],
    ['path', '<b>'],
  ])
})

test('what came before the first entry was noticed late', () => {
  expect(sinceText('2026-11-21T12:00:00Z', '2026-11-21T12:00:01.250Z')).toBe('+1.25 s')
  expect(sinceText('2026-11-21T12:00:00Z', '2026-11-21T12:02:05Z')).toBe('+2:05')
  expect(sinceText('2026-11-21T12:00:00Z', '2026-11-21T11:59:59Z')).toBe('before')
})

test('measurements are drawn as far as they were made', () => {
  const entry = {
    at: '2026-11-21T12:00:00Z',
    kind: 'quality',
    facts: { fps: 60, bitrate_kbps: 8_240 },
  }

  expect(measuredIn([entry, { ...entry, kind: 'queued' }] as never)).toEqual([
    { at: entry.at, fps: 60, bitrate: 8_240, rtt: null, loss: null },
  ])
})

test.each([
  [4, '4 kbit/s'],
  [999, '999 kbit/s'],
  [1_000, '1.0 Mbit/s'],
  [8_240, '8.2 Mbit/s'],
])('%d kbit/s read in the unit that says something', (kbps, text) => {
  expect(bitrateText(kbps)).toBe(text)
})

test('what was written down later stands where it happened', () => {
  const entry = (at: string, text: string) => ({
    at: `2026-11-21T12:00:${at}Z`,
    kind: 'x',
    state: 'idle' as const,
    actor: 'viewer',
    cause: '',
    text,
    note: false,
    facts: {},
  })
  const entries = [entry('07.071', 'path'), entry('06.998', 'idle'), entry('07.071', 'other')]

  expect(inOrder(entries).map(({ text }) => text)).toEqual(['idle', 'path', 'other'])
})
