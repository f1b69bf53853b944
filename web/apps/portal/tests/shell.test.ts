import { afterEach, expect, test } from 'vitest'
import { askAs, headersOf } from '../src/api/client.ts'
import { asFailure, asProblem, mayPass, problemOf } from '../src/api/problems.ts'
import { nonceOf, plain } from '../src/app/nonce.ts'
import { passwordFault } from '../src/app/passwords.ts'
import { navigationOf, PAGES, type PageEntry } from '../src/app/registry.ts'
import { percentText, reachOf, toneOf } from '../src/pages/overview/figures.ts'
import { sentence } from '../src/pieces/ErrorNotice.tsx'

afterEach(() => {
  askAs({ csrf: null, account: null })
})

function page(path: string, order: number, needs?: string): PageEntry {
  const nav = { section: 'Watch', order, icon: () => null } as const
  return {
    path,
    title: path,
    nav,
    load: () => Promise.reject(new Error()),
    ...(needs && { needs }),
  }
}

test('the navigation has the pages that somebody may see, in their order', () => {
  const pages = [page('/b', 2), page('/secret', 3, 'operate'), page('/a', 1, 'sessions:read')]

  const shown = navigationOf(pages, ['sessions:read'])

  expect(shown.map(({ section, pages: some }) => [section, some.map(({ path }) => path)])).toEqual([
    ['Watch', ['/a', '/b']],
  ])
})

test('no two pages stand at one path', () => {
  const paths = PAGES.map(({ path }) => path)

  expect(new Set(paths).size).toBe(paths.length)
  expect(paths).toContain('/sessions/:id')
})

test('a change carries the proof, a question does not, and both say which account', () => {
  askAs({ csrf: 'proof', account: 'acc_1' })

  expect(headersOf('POST')).toEqual({ 'Diorama-Account': 'acc_1', 'Diorama-CSRF': 'proof' })
  expect(headersOf('GET')).toEqual({ 'Diorama-Account': 'acc_1' })
})

test('only text without markup passes the page’s one policy', () => {
  expect(plain(':root{--a:#fff}')).toBe(':root{--a:#fff}')
  expect(() => plain('<img src=x onerror=alert(1)>')).toThrow('markup')
})

test('the nonce is the one that the gateway wrote into the page', () => {
  const written = new DOMParser().parseFromString(
    '<meta property="csp-nonce" nonce="n1">',
    'text/html',
  )

  expect(nonceOf(written)).toBe('n1')
})

test('a problem keeps its facts, and what is no problem document is one all the same', () => {
  const problem = problemOf(
    429,
    { code: 'limit', detail: 'too many', title: 'x', holders: [1] },
    'req_1',
  )

  expect([problem.status, problem.code, problem.message]).toEqual([429, 'limit', 'too many'])
  expect(problem.facts).toEqual({ holders: [1] })
  expect(problemOf(502, '<html>', null).code).toBe('http_502')
  expect(asProblem(new TypeError('fetch failed')).code).toBe('unreachable')
})

test('a page that fails by itself is not said to be a gateway that is gone', () => {
  const failures = [asProblem(new TypeError('fetch failed')), new TypeError('x is undefined')]

  expect(failures.map((error) => asFailure(error).code)).toEqual(['unreachable', 'page_failed'])
})

test('only what may pass is asked again', () => {
  expect([0, 403, 404, 500, 503].map((status) => mayPass(problemOf(status, null, null)))).toEqual([
    true,
    false,
    false,
    true,
    true,
  ])
})

test('a detail of the API reads as a sentence', () => {
  expect(sentence('there is no session ses_1')).toBe('There is no session ses_1.')
  expect(sentence('Is it?')).toBe('Is it?')
})

test('a new password is held to the gateway’s lengths', () => {
  expect(passwordFault('123456789')).not.toBeNull()
  expect(passwordFault('1234567890')).toBeNull()
  expect(passwordFault('x'.repeat(201))).not.toBeNull()
})

test('a share reads as a percentage that is never nothing where there is something', () => {
  expect([0, 0.000_4, 0.043, 0.43, 1].map(percentText)).toEqual([
    '0 %',
    'under 0.1 %',
    '4.3 %',
    '43 %',
    '100 %',
  ])
})

test('a chart shows the limit where streams come near it', () => {
  expect(reachOf(4, 5)).toEqual({ top: 6, hasLimit: true })
  expect(reachOf(4, 100)).toEqual({ top: 5, hasLimit: false })
  expect(reachOf(0, null)).toEqual({ top: 2, hasLimit: false })
  expect([0.5, 0.8, 1].map(toneOf)).toEqual(['good', 'warn', 'bad'])
})
