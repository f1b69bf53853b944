/** Rules as a form has them: what they are by path, and what a change of some comes to. Pure. */

type Values = Readonly<Record<string, unknown>>

/** Returns what a rule is in a document of rules, such as `queue.max_wait_s`. */
export function valueAt(rules: Values, path: string): unknown {
  return path.split('.').reduce<unknown>((at, name) => {
    return typeof at === 'object' && at !== null ? (at as Values)[name] : undefined
  }, rules)
}

/** Whether two values of a rule say the same. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
}

/** Returns the document that changes these rules, by path, and no others. */
export function changeOf(edited: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const change: Record<string, unknown> = {}
  for (const [path, value] of edited) {
    const [first = '', second] = path.split('.')
    if (second === undefined) change[first] = value
    else change[first] = { ...(change[first] as Values | undefined), [second]: value }
  }
  return change
}

/** Returns the edits that differ from what is: what is put back as it was is no edit. */
export function edits(
  rules: Values,
  edited: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, unknown> {
  return new Map([...edited].filter(([path, value]) => !isSame(value, valueAt(rules, path))))
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value ?? null
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
