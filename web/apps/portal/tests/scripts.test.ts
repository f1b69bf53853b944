import { expect, test } from 'vitest'
import {
  faultOf,
  readScripts,
  type Row,
  scriptOf,
  scriptText,
} from '../src/pages/simulations/scripts.ts'
import { filtersOf, askedOf } from '../src/pages/simulations/filters.ts'
import { bytesText } from '../src/pages/recordings/words.ts'

function row(more: Partial<Row>): Row {
  return { id: 'a', kind: 'prompt', atS: 0, text: 'rain', holdS: 1, ...more }
}

test('rows become cues in the order of their times, with the end behind them', () => {
  const script = scriptOf(
    [row({ kind: 'key', atS: 2, text: 'KeyW', holdS: 1.5 }), row({ atS: 2.5 }), row({ atS: 0.25 })],
    10,
  )

  expect(script).toEqual([
    { at_ms: 250, prompt: 'rain' },
    { at_ms: 2_000, input: { type: 'key_down', code: 'KeyW', key: 'w' } },
    { at_ms: 2_500, prompt: 'rain' },
    { at_ms: 3_500, input: { type: 'key_up', code: 'KeyW', key: 'w' } },
    { at_ms: 10_000, end: true },
  ])
})

test('what is written as rows reads as the same script', () => {
  const script = scriptOf([row({}), row({ kind: 'message', atS: 1, text: '{"hour":"night"}' })], 3)

  expect(readScripts(scriptText(script))).toEqual({ scripts: [script] })
})

test('a row that is not whole, or after the end, is named', () => {
  expect(faultOf(row({}), 10)).toBeNull()
  expect(faultOf(row({ text: ' ' }), 10)).toBe('Say what.')
  expect(faultOf(row({ atS: 11 }), 10)).toBe('It is after the end.')
  expect(faultOf(row({ kind: 'key', atS: 9.5 }), 10)).toBe('It is after the end.')
  expect(faultOf(row({ kind: 'message', text: '{' }), 10)).toBe('This is no JSON.')
})

test.each([
  ['[]', 'Write a list of cues.'],
  ['{}', 'Write a list of cues.'],
  ['[1]', 'cue 1 is no object.'],
  ['[{"at_ms": 0.5}]', 'cue 1 needs at_ms: whole milliseconds, an hour at most.'],
  ['[{"at_ms": 1, "prompt": "a", "end": true}]', 'exactly one of'],
  ['[{"at_ms": 9, "prompt": "a"}, {"at_ms": 8, "end": true}]', 'cue 2 is before the one above it.'],
  ['[{"at_ms": 9, "prompt": "a"}]', 'the last cue, and no other, is the end'],
  ['[{"at_ms": 0, "end": true}]', 'it ends when it begins.'],
  ['[[{"at_ms": 1, "end": true}], [{"at_ms": 0, "end": true}]]', 'Script 2: it ends'],
])('%s is no script, and what to mend is said', (text, why) => {
  expect(readScripts(text)).toEqual({ fault: expect.stringContaining(why) as string })
})

test('many scripts are a list of lists', () => {
  const one = [{ at_ms: 1, end: true }]

  expect(readScripts(JSON.stringify([one, one]))).toEqual({ scripts: [one, one] })
})

test('filters are what the address says, and nothing that it cannot mean', () => {
  const found = filtersOf(new URLSearchParams('state=active&project=cove'))

  expect(askedOf(found)).toEqual({ active: true, project: 'cove' })
  expect(askedOf(filtersOf(new URLSearchParams('state=failed')))).toEqual({ state: ['failed'] })
  expect(askedOf(filtersOf(new URLSearchParams('state=moon&project=')))).toEqual({})
})

test('sizes read as a person says them', () => {
  expect([42, 2_048, 3_250_585, 5 * 1_024 ** 3].map(bytesText)).toEqual([
    '42 B',
    '2.0 KiB',
    '3.1 MiB',
    '5.0 GiB',
  ])
})
