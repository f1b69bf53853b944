// Writes src/api/schema.d.ts: `npm run generate -w @diorama/portal`.
import { writeFile } from 'node:fs/promises'
import { published, typesOf } from './schema.mjs'

await writeFile(
  new URL('../src/api/schema.d.ts', import.meta.url),
  await typesOf(await published()),
)
