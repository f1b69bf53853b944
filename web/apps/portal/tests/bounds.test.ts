import { expect, test } from 'vitest'
import type { Rule } from '../src/pages/projects/asked.ts'
import { boundsOf } from '../src/pages/projects/RuleField.tsx'

const RULE = { min: 60, max: 86_400, default: 1_800, unit: 's' } as Rule

test.each([
  [RULE, '60 s to 86\u00a0400 s (1 d); by default 1\u00a0800 s (30 min).'],
  [
    { ...RULE, unit: null, max: 100_000, default: 1_000 },
    '60 to 100\u00a0000; by default 1\u00a0000.',
  ],
  [{ ...RULE, min: null, max: null, default: null }, 'By default no limit.'],
])('bounds have their unit, and their thousands apart', (rule, text) => {
  expect(boundsOf(rule)).toBe(text)
})
