/** Who may have changed something, as a list to choose from; and what the address of it says. Pure. */
import type { Schemas } from '../../api/client.ts'

type Member = Pick<Schemas['MemberView'], 'id' | 'name' | 'email'>
type Key = Pick<Schemas['KeyView'], 'id' | 'name' | 'state'>

/** An actor as the log writes it, and what to call them. */
export interface Actor {
  readonly value: string
  readonly label: string
}

/** Actors of one kind. */
export interface Actors {
  readonly group: string
  readonly items: readonly Actor[]
}

/** What the log is narrowed to. */
export interface Filters {
  readonly actor: string | null
  readonly action: string | null
}

const ENDS = 6
const OTHERS: Actors = {
  group: 'Others',
  items: [
    { value: 'operator', label: 'Who operates this Diorama' },
    { value: 'gateway', label: 'The gateway itself' },
  ],
}
const ACTOR = /^[0-9a-z_:]{1,80}$/
const ACTION = /^[0-9a-z_.]{1,80}$/

/** Returns what an address says; what it cannot mean is left out. */
export function filtersOf(search: URLSearchParams): Filters {
  const actor = search.get('actor') ?? ''
  const action = search.get('action') ?? ''
  return {
    actor: ACTOR.test(actor) ? actor : null,
    action: isAction(action) ? action : null,
  }
}

/** Returns the address of filters; what says nothing is left out. */
export function addressOf({ actor, action }: Filters): URLSearchParams {
  const found = new URLSearchParams()
  if (actor !== null) found.set('actor', actor)
  if (action !== null) found.set('action', action)
  return found
}

/** Whether a text can be what was done: `project.changed`, or `project` for all of it. */
export function isAction(text: string): boolean {
  return ACTION.test(text)
}

/** Returns everybody by kind; of the same name, each with what tells them apart. */
export function actorsOf(members: readonly Member[], keys: readonly Key[]): readonly Actors[] {
  const people = labelled(members, ({ email }) => email).map(({ one, label }) => ({
    value: `member:${one.id}`,
    label,
  }))
  const named = labelled(keys, ({ id }) => shortId(id)).map(({ one, label }) => ({
    value: `key:${one.id}`,
    label: one.state === 'active' ? label : `${label}, ${one.state}`,
  }))
  return [{ group: 'Members', items: people }, { group: 'Keys', items: named }, OTHERS].filter(
    ({ items }) => items.length > 0,
  )
}

/** Returns the lists with an actor among them: who is there no more has an id only. */
export function withActor(lists: readonly Actors[], actor: string | null): readonly Actors[] {
  if (actor === null || lists.some(({ items }) => items.some(({ value }) => value === actor)))
    return lists
  return [{ group: 'By id', items: [{ value: actor, label: actor }] }, ...lists]
}

/** Returns the lists with those whose name or id holds what was typed; an id can be typed whole. */
export function fitting(lists: readonly Actors[], typed: string): readonly Actors[] {
  const words = typed.trim().toLowerCase()
  if (words === '') return lists
  const found = lists
    .map(({ group, items }) => ({
      group,
      items: items.filter(({ value, label }) => `${label} ${value}`.toLowerCase().includes(words)),
    }))
    .filter(({ items }) => items.length > 0)
  return /^(member|key):./.test(words) && ACTOR.test(words) ? withActor(found, words) : found
}

/** Returns an id short enough for a table: what it is of, and its end, which differs. */
export function shortId(id: string): string {
  const [kind = '', rest = ''] = id.split('_')
  return rest.length <= ENDS ? id : `${kind}_…${rest.slice(-ENDS)}`
}

function labelled<One extends { readonly name: string }>(
  all: readonly One[],
  tell: (one: One) => string,
): readonly { readonly one: One; readonly label: string }[] {
  const times = new Map<string, number>()
  for (const { name } of all) times.set(name, (times.get(name) ?? 0) + 1)
  return all.map((one) => ({
    one,
    label: (times.get(one.name) ?? 0) > 1 ? `${one.name} (${tell(one)})` : one.name,
  }))
}
