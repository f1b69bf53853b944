import { expect, test } from 'vitest'
import { waitTicks } from '../src/pages/overview/figures.ts'

test.each([
  [0, [0, 5, 10]],
  [10, [0, 5, 10]],
  [11, [0, 10, 20]],
  [61, [0, 60, 120]],
  [3_600, [0, 1_800, 3_600]],
  [86_401, [0, 86_400, 172_800]],
])('a chart of waits up to %d s has lines at round lengths', (longest, ticks) => {
  expect(waitTicks(longest)).toEqual(ticks)
})
