import { expect, test } from 'vitest'

import { countWords, endTitle, isWorthAnother, sessionOfPath, tokenOf } from '../src/watching.ts'

test('the page reads session and token from its address', () => {
  expect(sessionOfPath('/watch/ses_01')).toBe('ses_01')
  expect(sessionOfPath('/watch/ses_01/')).toBe('ses_01')
  expect(sessionOfPath('/play/cove')).toBe('')
  expect(tokenOf('#token=dsp_ses_01.spc_02.abc')).toBe('dsp_ses_01.spc_02.abc')
  expect(tokenOf('')).toBe('')
})

test('it says how many watch', () => {
  expect(countWords(1)).toBe('1 watches')
  expect(countWords(3)).toBe('3 watch')
})

test('it offers another try where that may help', () => {
  expect(isWorthAnother('replaced')).toBe(true)
  expect(isWorthAnother('session_ended')).toBe(false)
  expect(endTitle('session_ended')).toBe('The session is over')
  expect(endTitle('spectator_revoked')).toBe('This cannot be watched')
})
