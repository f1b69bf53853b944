/**
 * Makes the emitted declarations stand alone: what they import from @diorama/protocol is emitted
 * beside them, and what they import from each other is named as it is published. The folder is the
 * first argument, or dist/types.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import process from 'node:process'
import { fileURLToPath, URL } from 'node:url'

const types = process.argv[2] ?? fileURLToPath(new URL('../dist/types', import.meta.url))
const protocol = join(types, 'protocol', 'src', 'index.js')

const files = await readdir(types, { recursive: true })
for (const file of files.filter((name) => name.endsWith('.d.ts'))) {
  const path = join(types, file)
  const text = await readFile(path, 'utf8')
  const found = relative(dirname(path), protocol).split(sep).join('/')
  const alone = text
    .replaceAll(/(['"])@diorama\/protocol\1/g, `'${found}'`)
    .replaceAll(/(from |import\()(['"])(\.[^'"]*)\.ts\2/g, `$1'$3.js'`)
  await writeFile(path, alone)
}
