import { expect, test } from 'vitest'
import { nextPath, secretOf } from '../src/app/next.ts'

test('who had to sign in goes on where they were', () => {
  expect(nextPath({ next: '/sessions?which=past' })).toBe('/sessions?which=past')
})

test.each([
  null,
  {},
  { next: 1 },
  { next: '//evil.example' },
  { next: '/\\evil.example' },
  { next: 'https://evil.example' },
])('nobody is sent off this portal by %j', (state) => {
  expect(nextPath(state)).toBe('/')
})

test('a secret stands behind the #, and one that is no text is none', () => {
  expect(secretOf('#abc%2D1')).toBe('abc-1')
  expect(secretOf('')).toBe('')
  expect(secretOf('#%E0%A4%A')).toBe('')
})
