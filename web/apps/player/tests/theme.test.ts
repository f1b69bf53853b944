import { expect, test } from 'vitest'

import { chosenTheme } from '../src/theme.ts'

test.each([
  [null, null, 'system'],
  [null, 'dark', 'dark'],
  ['light', 'dark', 'light'],
  ['system', 'dark', 'system'],
  ['neon', 'pink', 'system'],
])('asked %s and kept %s show %s', (asked, kept, theme) => {
  expect(chosenTheme(asked, kept)).toBe(theme)
})
