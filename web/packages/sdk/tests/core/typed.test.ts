import { expect, test } from 'vitest'

import { isKeyOnly, MARK, typedIn } from '../../src/core/typed.ts'

test.each([
  [`${MARK}hello`, [{ text: 'hello' }]],
  [`${MARK}\n`, [{ key: 'Enter' }]],
  [`${MARK}one\ntwo`, [{ text: 'one' }, { key: 'Enter' }, { text: 'two' }]],
  ['', [{ key: 'Backspace' }]],
  ['x', [{ key: 'Backspace' }, { text: 'x' }]],
  [MARK, []],
])('a field that holds %j was given %j', (value, parts) => {
  expect(typedIn(value).parts).toEqual(parts)
})

test('arrows are keys; letters, Backspace and what an input method calls itself are not', () => {
  expect(['ArrowUp', 'Escape', 'Tab', 'F1'].every(isKeyOnly)).toBe(true)
  expect(['a', 'Backspace', 'Enter', 'Process', 'Unidentified', 'Shift'].some(isKeyOnly)).toBe(
    false,
  )
})
