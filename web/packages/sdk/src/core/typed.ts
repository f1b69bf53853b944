/**
 * What a field that nobody sees was given by an on-screen keyboard or an input method. Such keyboards
 * often tell no keys, only what the field holds after them: a mark in the field is missing after
 * Backspace, and a line is broken after Enter.
 */
export const MARK = '\u200b'

export interface Typed {
  /** Text and keys in the order they were typed. */
  readonly parts: readonly ({ readonly text: string } | { readonly key: string })[]
}

/** Returns what was typed into a field that held `MARK`. */
export function typedIn(value: string): Typed {
  const deleted = value.includes(MARK) ? [] : [{ key: 'Backspace' }]
  const lines = value.replaceAll(MARK, '').replaceAll('\r', '').split('\n')
  const parts = lines.flatMap((text, at) => [
    ...(at > 0 ? [{ key: 'Enter' }] : []),
    ...(text === '' ? [] : [{ text }]),
  ])
  return { parts: [...deleted, ...parts] }
}

/** Returns whether a key says nothing in a field, so that it is told as a key: arrows, Escape. */
export function isKeyOnly(key: string): boolean {
  return key.length > 1 && !IN_FIELD.has(key)
}

const IN_FIELD: ReadonlySet<string> = new Set([
  'Backspace',
  'Enter',
  'Process',
  'Unidentified',
  'Dead',
  'Shift',
  'Control',
  'Alt',
  'AltGraph',
  'Meta',
  'CapsLock',
])
