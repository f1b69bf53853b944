/**
 * Turns schema.json, which `python -m diorama.protocol.generate` writes, into TypeScript types.
 *
 * One interface per message, under the message's own name; every definition is exported.
 */
import { readFile } from 'node:fs/promises'

import { URL } from 'node:url'

import { compile } from 'json-schema-to-typescript'
import { format, resolveConfig } from 'prettier'

const schemaUrl = new URL('../schema.json', import.meta.url)
export const messagesUrl = new URL('../src/messages.ts', import.meta.url)

const BANNER =
  '// Generated from schema.json by `npm run generate -w @diorama/protocol`. Do not edit.\n'

/** Returns the text that src/messages.ts has. */
export function committed() {
  return readFile(messagesUrl, 'utf8')
}

/** Returns the text that src/messages.ts should have. */
export async function messages() {
  const schema = JSON.parse(await readFile(schemaUrl, 'utf8'))
  const definitions = Object.fromEntries(
    Object.entries(schema.$defs).map(([name, definition]) => [name, named(name, definition)]),
  )
  const text = await compile({ $id: 'Unused', definitions }, 'Unused', {
    additionalProperties: false,
    bannerComment: BANNER,
    format: false,
    unreachableDefinitions: true,
  })
  const options = await resolveConfig(messagesUrl)
  return format(withoutRoot(text), { ...options, parser: 'typescript' })
}

/** Returns a definition under its own name: the compiler names types by their titles. */
function named(name, definition) {
  return { ...simple(definition), title: name }
}

/** Titles of inner parts would become types; limits are not for types to say. */
const LEFT_OUT = new Set(['title', 'minItems', 'maxItems', 'discriminator', 'default'])
const SAYS_THE_TYPE = ['type', 'anyOf', 'enum', 'const', '$ref']

function simple(value) {
  if (Array.isArray(value)) return value.map(simple)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value)
    .filter(([key]) => !LEFT_OUT.has(key))
    .map(([key, inner]) => {
      if (key === 'properties') return [key, eachProperty(inner)]
      if (key === '$ref') return [key, inner.replace('#/$defs/', '#/definitions/')]
      return [key, simple(inner)]
    })
  return Object.fromEntries(entries)
}

function eachProperty(properties) {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const anything = !SAYS_THE_TYPE.some((key) => key in property)
      return [name, { ...simple(property), ...(anything && { tsType: 'unknown' }) }]
    }),
  )
}

/** Leaves out the root type that the compiler must have, and its remarks about it. */
function withoutRoot(text) {
  return text
    .replace(/export interface Unused \{[^}]*\}\n/, '')
    .replaceAll(/(?: \* ?\n)? \* This interface was referenced by .*\n.* via the .*\n/g, '')
    .replaceAll(/\/\*\*\s*\*\/\n/g, '')
    .replaceAll(/^( *\*) {5}/gm, '$1 ')
}
