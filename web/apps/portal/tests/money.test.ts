import { expect, test } from 'vitest'
import { moneyText } from '../src/pages/usage/money.ts'

test('an amount has two digits', () => {
  expect(moneyText('24.007111')).toBe('24.01')
  expect(moneyText('0.005000')).toBe('0.01')
  expect(moneyText('0')).toBe('0.00')
})

test('what is less than half of the last digit is not shown as nothing', () => {
  expect(moneyText('0.004999')).toBe('0.004999')
})
