import { END_CODES, type Ended, type EndCodeEntry } from '@diorama/sdk'
import { expect, test } from 'vitest'

import {
  type Action,
  actionWords,
  codeWords,
  endWords,
  freeingWords,
  holdersOf,
  holderWords,
  isInVain,
} from '../src/ends.ts'

const ENTRIES: readonly EndCodeEntry[] = Object.values(END_CODES)
const ROWS = ENTRIES.flatMap((entry) =>
  entry.reasons.map((reason) => [entry.code, reason, endedBy(entry, reason)] as const),
)

function endedBy(entry: EndCodeEntry, reason: string): Ended {
  const { code, name, doing, retry, retryLimit, viewer } = entry
  return {
    code,
    name,
    reason,
    doing,
    retry,
    retry_limit: retryLimit,
    message: viewer,
    problem: null,
  }
}

function ended(changes: Partial<Ended>): Ended {
  return { ...endedBy(END_CODES[4010], 'account_limit'), ...changes }
}

/** What nobody caused but who reads it: they know that they left. */
const OWN: ReadonlySet<string> = new Set(['client_ended', 'viewer_left'])

test.each(ROWS)(
  '%i %s has a title, the registry’s sentence, and whose doing',
  (code, reason, end) => {
    const words = endWords(end)

    expect(words.title).not.toBe('It is over')
    expect(words.sentence).toBe(ENTRIES.find((entry) => entry.code === code)?.viewer)
    expect(words.doing === '').toBe(OWN.has(reason))
    expect(words.title).not.toBe(words.sentence)
  },
)

/** Where a new session is no use, or another step comes first; everything else starts again. */
const ELSEWISE: Readonly<Record<string, Action>> = {
  '4000 project_disabled': 'back',
  '4002 project_unknown': 'back',
  '4002 world_unknown': 'back',
  '4004 hours_exhausted': 'back',
  '4011 continued_elsewhere': 'here',
  '4011 taken_over': 'here',
  '4013 credential_refused': 'back',
  '4013 origin_refused': 'nothing',
  '4013 hello_missing': 'reload',
}

test.each(ROWS)('%i %s offers what helps', (code, reason, end) => {
  expect(endWords(end).action).toBe(ELSEWISE[`${code} ${reason}`] ?? 'again')
})

test('a code of a newer gateway is shown by its own sentence', () => {
  const words = endWords(ended({ code: 4999, reason: 'new', message: 'Something new.' }))

  expect(words).toMatchObject({ title: 'It is over', sentence: 'Something new.', action: 'again' })
})

test('only what starts something has a button', () => {
  expect(actionWords('again')).toBe('Start again')
  expect(actionWords('here')).toBe('Continue here')
  expect(actionWords('back')).toBeNull()
})

test('what failed again right after the one try that the registry gives is called in vain', () => {
  const failed = endedBy(END_CODES[4003], 'world_failed_to_start')

  expect(isInVain(failed, 1)).toBe(false)
  expect(isInVain(failed, 2)).toBe(true)
  expect(isInVain(endedBy(END_CODES[4006], 'world_crashed'), 9)).toBe(false)
})

test('a refusal lists what holds the places and says how one comes free', () => {
  const holder = { session: 's', project: 'cove', state: 'idle', age_s: 431, device: 'Chrome' }
  const problem = {
    status: 429,
    code: 'account_limit',
    detail: 'Five of five are in use.',
    facts: { holders: [holder, 'nonsense', { session: 4, age_s: 1 }] },
  }

  const refused = ended({ problem })

  expect(holdersOf(refused).map(holderWords)).toEqual([['cove, Chrome', 'idle for 7 minutes']])
  expect(freeingWords(1)).toContain('this browser')
  expect(freeingWords(0)).toContain('another device')
})

test('what the refusal adds is said where no reason says it, and never twice', () => {
  const problem = { status: 503, code: 'x', detail: 'The fan is off.', facts: {} }

  expect(endWords(ended({ reason: 'x', problem })).detail).toBe('The fan is off.')
  expect(endWords(ended({ reason: 'x', problem, message: 'The fan is off.' })).detail).toBe('')
})

test('the line for whoever helps has code, name and reason', () => {
  expect(codeWords(ended({}))).toBe('4010 · limit reached · account_limit')
})

test.each([
  [4005, 'webrtc_missing', 'This browser cannot show it', 'reload'],
  [4013, 'link_refused', 'This link opens nothing', 'back'],
] as const)(
  'what the page finds itself has words of its own: %i %s',
  (code, reason, title, action) => {
    const words = endWords(ended({ code, reason }))

    expect(words).toMatchObject({ title, action })
    expect(words.detail).not.toBe('')
  },
)

test('what the gateway adds is shown as a sentence', () => {
  const problem = { status: 409, code: 'odd', detail: 'the lamp is off', facts: {} }

  expect(endWords(ended({ reason: 'odd', problem })).detail).toBe('The lamp is off.')
})
