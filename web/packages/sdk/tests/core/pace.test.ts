/** The rates that the Python SDK is asked about as well: see tests/client/core/test_pace.py. */
import { expect, test } from 'vitest'

import rates from '../../../../../tests/client/core/rates.json'
import { isSlow } from '../../src/core/pace.ts'

test.each(rates)('$fps of $meant frames a second: slow is $slow', ({ fps, meant, slow }) => {
  expect(isSlow(fps, meant)).toBe(slow)
})
