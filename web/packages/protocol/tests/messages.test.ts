import { expect, test } from 'vitest'

import { committed, messages } from '../scripts/messages.mjs'

test('the types are those of the schema', async () => {
  expect(await messages(), 'run `npm run generate -w @diorama/protocol`').toBe(await committed())
})
