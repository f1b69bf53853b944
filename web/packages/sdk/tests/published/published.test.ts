/** What is published: its files, its size, what it needs, and that projects can use it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

import { VERSION } from '../../src/version.ts'
import { Published } from './published.ts'
import { blocksOf } from './snippets.ts'

const BUILD_WITHIN_MS = 120_000
const MAX_CORE_BYTES = 30_000
const DOCS = new URL('../../../../../docs/sdk.md', import.meta.url)
const README = new URL('../../README.md', import.meta.url)

let published: Published

// Each check of types is a compiler of its own.
vi.setConfig({ testTimeout: BUILD_WITHIN_MS })

beforeAll(() => {
  published = new Published()
}, BUILD_WITHIN_MS)

afterAll(() => {
  published.remove()
})

function manifest(): Record<string, unknown> {
  const text = readFileSync(join(published.package, 'package.json'), 'utf8')
  return JSON.parse(text) as Record<string, unknown>
}

function script(name: string): string {
  return readFileSync(join(published.package, 'dist', name), 'utf8')
}

/** Returns the modules that one loads, itself included. */
function loadedBy(name: string, known = new Set<string>()): Set<string> {
  known.add(name)
  for (const found of importsOf(name).filter((each) => each.startsWith('./'))) {
    if (!known.has(found.slice(2))) loadedBy(found.slice(2), known)
  }
  return known
}

function importsOf(name: string): string[] {
  return [...script(name).matchAll(/(?:from|import)\s*["']([^"']+)["']/g)].map(([, at]) => at ?? '')
}

function declarations(): string[] {
  const types = join(published.package, 'dist', 'types')
  const names = readdirSync(types, { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => name.endsWith('.d.ts'))
    .map((name) => readFileSync(join(types, name), 'utf8'))
}

describe('the package', () => {
  test('has the version it tells', () => {
    expect(manifest()['version']).toBe(VERSION)
  })

  test('depends on nothing, and on React only where it is used', () => {
    expect(manifest()).not.toHaveProperty('dependencies')
    expect(manifest()['peerDependencies']).toEqual({ react: '>=18' })
    expect(manifest()['peerDependenciesMeta']).toEqual({ react: { optional: true } })
    const foreign = (name: string) =>
      [...loadedBy(name)].flatMap(importsOf).filter((each) => !each.startsWith('./'))
    expect(foreign('index.js')).toEqual([])
    expect(foreign('element.js')).toEqual([])
    expect(new Set(foreign('react.js'))).toEqual(new Set(['react']))
  })

  test('is packed with its scripts, their maps and their types, and nothing else', () => {
    const [packed] = JSON.parse(published.pack().stdout) as [{ files: { path: string }[] }]
    const paths = packed.files.map(({ path }) => path)

    expect(paths).toEqual(expect.arrayContaining(['dist/index.js', 'dist/react.js', 'README.md']))
    expect(paths.filter((path) => !/^dist\/.*\.(js|js\.map|d\.ts)$/.test(path)).sort()).toEqual([
      'LICENSE',
      'README.md',
      'package.json',
    ])
  })

  test('has a core of less than 30 KB, gzipped', () => {
    const bytes = [...loadedBy('index.js')].map((name) => gzipSync(script(name)).length)

    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(MAX_CORE_BYTES)
  })

  test('brings who only watches less than a quarter of that', () => {
    const bytes = [...loadedBy('watch.js')].map((name) => gzipSync(script(name)).length)

    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(MAX_CORE_BYTES / 4)
  })

  test('has types without any', () => {
    const withAny = declarations().filter((text) => /\bany\b/.test(withoutComments(text)))

    expect(withAny).toEqual([])
  })

  test('has types that need neither sources nor other packages', () => {
    const foreign = declarations().flatMap((text) =>
      [...withoutComments(text).matchAll(/from ['"]([^'"]+)['"]/g)]
        .map(([, at]) => at ?? '')
        .filter((at) => !(at.startsWith('.') && at.endsWith('.js'))),
    )

    expect(new Set(foreign)).toEqual(new Set(['react']))
  })
})

describe('a project that has installed it', () => {
  test.each([
    ['@diorama/sdk', ['connect', 'attachInput', 'hold', 'fullscreen', 'END_CODES', 'VERSION']],
    ['@diorama/sdk/react', ['useDiorama', 'useDioramaEvent']],
    ['@diorama/sdk/element', ['DioramaStreamElement']],
    ['@diorama/sdk/watch', ['watch', 'Watch']],
  ])('imports %s in plain Node, where there is no page', (name, exported) => {
    const source = `console.log(JSON.stringify(Object.keys(await import('${name}'))))`

    const ran = published.node('--input-type=module', '--eval', source)

    expect(ran.output.trim().startsWith('['), ran.output).toBe(true)
    expect(JSON.parse(ran.stdout)).toEqual(expect.arrayContaining(exported))
  })

  test('has its types as plain Node resolves them', () => {
    expect(published.typecheck({ 'use.tsx': USE }, 'nodenext').output).toBe('')
  })

  test('has its types as bundlers resolve them, and so has the code of the documentation', () => {
    const blocks = {
      'use.tsx': USE,
      ...blocksOf('docs', readFileSync(DOCS, 'utf8')),
      ...blocksOf('readme', readFileSync(README, 'utf8')),
    }

    expect(Object.keys(blocks).length).toBeGreaterThan(5)
    expect(published.typecheck(blocks, 'bundler').output).toBe('')
  })
})

describe('the documentation', () => {
  test('has a row for every option, member and event', () => {
    const text = readFileSync(DOCS, 'utf8')
    const [session] = declarations().filter((each) => each.includes('class DioramaSession'))
    const [model] = declarations().filter((each) => each.includes('interface SessionEvents'))
    const names = [
      ...membersOf(session ?? '', 'interface ConnectOptions'),
      ...membersOf(session ?? '', 'interface DioramaEvents'),
      ...membersOf(model ?? '', 'interface SessionEvents'),
    ]

    expect(names.length).toBeGreaterThan(20)
    expect(names.filter((name) => !text.includes(`| \`${name}\` |`))).toEqual([])
  })
})

const USE = `
import { connect, type DioramaSession, type Diagnostics } from '@diorama/sdk'
import { useDiorama } from '@diorama/sdk/react'
import type { DioramaStreamElement } from '@diorama/sdk/element'

const session: DioramaSession = connect({ project: 'cove', afk: { warnAfterS: 60 } })
// @ts-expect-error -- a mistake is found
connect({ projekt: 'cove' })
session.on('queue', ({ position, eta_p50_s }) => [position.toFixed(), eta_p50_s])
session.on('restarting', ({ end, inMs }) => [end.code, inMs])
export const found: Promise<Diagnostics> = session.getDiagnostics()
export function World() {
  const { videoRef, end } = useDiorama({ project: 'cove', input: { pointerLock: true } })
  return <video ref={videoRef} title={end?.message ?? ''} />
}
const element: DioramaStreamElement = document.createElement('diorama-stream')
element.addEventListener('diorama-ended', (event) => event.detail.code)
`

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '')
}

/** Returns the names of an interface's members, in a file of declarations. */
function membersOf(text: string, opening: string): string[] {
  const from = text.indexOf(opening)
  const body = text.slice(text.indexOf('{', from) + 1, text.indexOf('\n}', from))
  return [...withoutComments(body).matchAll(/^ {4}(?:readonly )?(\w+)\??:/gm)].map(
    ([, n]) => n ?? '',
  )
}
