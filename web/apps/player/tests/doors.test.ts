import { expect, test } from 'vitest'

import { broughtBy } from '../src/doors.ts'

test('a ticket is taken out of the address', () => {
  expect(broughtBy('#ticket=dtk_a.b-c.d_e')).toEqual({
    ticket: 'dtk_a.b-c.d_e',
    share: null,
    left: '',
  })
})

test('the secret of a share link stays', () => {
  expect(broughtBy('#share=dsh_x&ticket=dtk_y')).toEqual({
    ticket: 'dtk_y',
    share: 'dsh_x',
    left: '#share=dsh_x',
  })
})

test('most addresses bring nothing', () => {
  expect(broughtBy('')).toEqual({ ticket: null, share: null, left: '' })
  expect(broughtBy('#about')).toMatchObject({ ticket: null, share: null })
})
