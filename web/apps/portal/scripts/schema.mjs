// Makes src/api/schema.d.ts, the types of the REST API, from the gateway's OpenAPI document.
//
// What a gateway answers holds every member, also those that have a default; what it is asked may
// leave them out. The document says "has a default" of both, so the default is taken away where a
// schema is of requests alone: then its type says that the member may be left out.
import { readFile } from 'node:fs/promises'
import openapiTS, { astToString } from 'openapi-typescript'

const BEGINNING = '/* The REST API, as `npm run generate -w @diorama/portal` makes it. */\n'
const REF = '#/components/schemas/'

/** Returns the text of the types for an OpenAPI document. */
export async function typesOf(document) {
  return BEGINNING + astToString(await openapiTS(askable(document), { alphabetize: true }))
}

/** Returns the document in the repository. */
export async function published() {
  return JSON.parse(await readFile(new URL('../src/api/openapi.json', import.meta.url), 'utf8'))
}

function askable(document) {
  const found = structuredClone(document)
  const { schemas } = found.components
  const routes = Object.values(found.paths).flatMap((methods) => Object.values(methods))
  const asked = reachable(
    routes.map(({ requestBody }) => requestBody),
    schemas,
  )
  const answered = reachable(
    routes.map(({ responses }) => responses),
    schemas,
  )
  for (const name of asked) {
    if (answered.has(name)) continue
    for (const property of Object.values(schemas[name].properties ?? {})) delete property.default
  }
  return found
}

function reachable(from, schemas) {
  const found = new Set()
  const visit = (value) => {
    if (value === null || typeof value !== 'object') return
    const name = typeof value.$ref === 'string' ? value.$ref.replace(REF, '') : null
    if (name !== null && name in schemas && !found.has(name)) {
      found.add(name)
      visit(schemas[name])
    }
    Object.values(value).forEach(visit)
  }
  visit(from)
  return found
}
