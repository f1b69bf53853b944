import { expect, test } from 'vitest'
import { problemText } from '../src/pages/sign-in/problems.ts'

test('somebody whom only the provider knows is told to ask for an invitation', () => {
  expect(problemText('person_unknown', 'Acme')).toMatch(/Acme knows you.*invitation/)
})

test('a provider that is away and too many tries are told apart', () => {
  expect(problemText('oidc_unreachable', 'Acme')).toContain('Acme cannot be reached')
  expect(problemText('too_many_attempts', 'Acme')).toContain('too many tries')
})

test('of a code that nobody knows nothing is shown', () => {
  expect(problemText('free money', 'Acme')).toBe(problemText('oidc', 'Acme'))
})
