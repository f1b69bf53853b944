import { expect, test } from 'vitest'

import { projectOf } from '../../src/core/ticket.ts'

function ticket(claims: string): string {
  const bytes = Array.from(new TextEncoder().encode(claims), (byte) => String.fromCharCode(byte))
  const part = btoa(bytes.join('')).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  return `dtk_e30.${part}.c2ln`
}

test('a ticket names its project', () => {
  expect(projectOf(ticket('{"ticket":{"project":"cove"}}'))).toBe('cove')
  expect(projectOf(ticket('{"ticket":{"project":"cove","end_user":"Ä ÿ ? ~"}}'))).toBe('cove')
})

test.each([
  '',
  'dtk_',
  'dtk_a.b',
  'dtk_a.!.c',
  ticket('{"ticket":{"project":"cove"}}').replace('dtk_', 'dio_'),
  ticket('nonsense'),
  ticket('null'),
  ticket('{"ticket":null}'),
  ticket('{"ticket":{"project":4}}'),
  ticket('{"ticket":{"project":""}}'),
  ticket('[]'),
  'dtk_e30._w.c2ln',
])('what is no ticket names none: %s', (text) => {
  expect(projectOf(text)).toBeNull()
})
