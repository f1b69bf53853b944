import { expect, test } from 'vitest'
import {
  actorsOf,
  addressOf,
  type Actors,
  filtersOf,
  fitting,
  withActor,
} from '../src/pages/audit/actors.ts'

const ADA = { id: 'mem_ada000001', name: 'Ada', email: 'ada@example.com' }
const CI = { id: 'key_ci0000001', name: 'ci', state: 'active' } as const
const OLD = { id: 'key_ci0000002', name: 'ci', state: 'revoked' } as const

function labels(lists: readonly Actors[]): string[] {
  return lists.flatMap(({ items }) => items.map(({ label }) => label))
}

test('members and keys are chosen by name, and those of one name are told apart', () => {
  const lists = actorsOf([ADA, { ...ADA, id: 'mem_2', email: 'ada@example.net' }], [CI, OLD])

  expect(lists.map(({ group }) => group)).toEqual(['Members', 'Keys', 'Others'])
  expect(labels(lists)).toEqual([
    'Ada (ada@example.com)',
    'Ada (ada@example.net)',
    'ci (key_…000001)',
    'ci (key_…000002), revoked',
    'Who operates this Diorama',
    'The gateway itself',
  ])
  expect(lists[0]?.items[0]?.value).toBe('member:mem_ada000001')
})

test('who may not see members or keys has no empty lists of them', () => {
  expect(actorsOf([], []).map(({ group }) => group)).toEqual(['Others'])
})

test('somebody who is gone is chosen by an id, from the address or typed', () => {
  const lists = actorsOf([ADA], [CI])

  expect(labels(withActor(lists, 'member:mem_gone'))[0]).toBe('member:mem_gone')
  expect(withActor(lists, 'member:mem_ada000001')).toBe(lists)
  expect(labels(fitting(lists, ' key:key_gone '))).toEqual(['key:key_gone'])
})

test('what is typed is looked for in names and ids', () => {
  const lists = actorsOf([ADA], [CI])

  expect(fitting(lists, '')).toBe(lists)
  expect(labels(fitting(lists, 'AD'))).toEqual(['Ada'])
  expect(labels(fitting(lists, 'key_ci'))).toEqual(['ci'])
  expect(fitting(lists, 'nobody')).toEqual([])
})

test('an address says what the log is narrowed to, and what it cannot mean is left out', () => {
  const filters = filtersOf(new URLSearchParams('actor=key:key_1&action=project'))

  expect(filters).toEqual({ actor: 'key:key_1', action: 'project' })
  expect(addressOf(filters).toString()).toBe('actor=key%3Akey_1&action=project')
  expect(filtersOf(new URLSearchParams('actor=Ada&action=a b'))).toEqual({
    actor: null,
    action: null,
  })
  expect(addressOf({ actor: null, action: null }).toString()).toBe('')
})
