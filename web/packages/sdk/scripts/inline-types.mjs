/**
 * Makes the emitted declarations stand alone: what they import from @diorama/protocol is emitted
 * beside them, so the published package needs no other.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath, URL } from 'node:url'

const types = fileURLToPath(new URL('../dist/types', import.meta.url))
const protocol = join(types, 'protocol', 'src', 'index.js')

const files = await readdir(types, { recursive: true })
for (const file of files.filter((name) => name.endsWith('.d.ts'))) {
  const path = join(types, file)
  const text = await readFile(path, 'utf8')
  const found = relative(dirname(path), protocol).split(sep).join('/')
  await writeFile(path, text.replaceAll(/(['"])@diorama\/protocol\1/g, `'${found}'`))
}
