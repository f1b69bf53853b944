// @vitest-environment node
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { published, typesOf } from '../scripts/schema.mjs'

test('the types are those of the document in the repository (`make generate`)', async () => {
  const committed = await readFile(new URL('../src/api/schema.d.ts', import.meta.url), 'utf8')

  expect(committed).toBe(await typesOf(await published()))
})

test('what is only asked for may leave out what has a default, what is answered has it', async () => {
  const types = await typesOf({
    openapi: '3.1.0',
    info: { title: 'x', version: '1' },
    paths: {
      '/a': {
        post: {
          requestBody: { content: { 'application/json': { schema: ref('Ask') } } },
          responses: {
            200: { description: 'x', content: { 'application/json': { schema: ref('View') } } },
          },
        },
      },
    },
    components: { schemas: { Ask: withDefault(), View: withDefault() } },
  })

  expect(types).toMatch(/Ask: \{\s*limit\?: number/)
  expect(types).toMatch(/View: \{[^}]*limit: number/)
})

function withDefault() {
  return { type: 'object', properties: { limit: { type: 'integer', default: 5 } } }
}

function ref(name: string) {
  return { $ref: `#/components/schemas/${name}` }
}
