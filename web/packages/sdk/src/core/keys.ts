/**
 * Which keys go to the world, and which are held. A key that went down comes up again whatever
 * happens: its own key_up, the window's loss of focus, or the Meta key, under which macOS reports
 * no key_up of other keys. Shortcuts of the browser stay with the browser.
 */
import type { KeyDown, KeyUp } from '@diorama/protocol'

/** Held keys: W3C `code` to the `key` it went down as. */
export type HeldKeys = ReadonlyMap<string, string>

export interface Stroke {
  readonly code: string
  readonly key: string
  readonly repeat: boolean
  readonly ctrl: boolean
  readonly meta: boolean
  /** AltGr, which some systems report as Ctrl and Alt together. */
  readonly altGraph: boolean
  readonly composing: boolean
  /** Under pointer lock Tab is the world's; otherwise it moves the focus. */
  readonly locked: boolean
}

export interface Strokes {
  readonly held: HeldKeys
  readonly events: readonly (KeyDown | KeyUp)[]
  /** Whether the browser's own doing, such as scrolling, is to be prevented. */
  readonly taken: boolean
}

const MODIFIER = /^(?:Shift|Control|Alt|Meta|CapsLock|AltGraph)/
const BROWSERS_OWN = new Set(['F5', 'F11', 'F12'])
const MAX_WORD = 64

/** Returns what a key going down means. */
export function press(held: HeldKeys, stroke: Stroke): Strokes {
  const { code, key, repeat } = stroke
  if (code === '' || code.length > MAX_WORD || key.length > MAX_WORD || isBrowsers(stroke)) {
    return { held, events: [], taken: false }
  }
  const next = new Map(held).set(code, key)
  return { held: next, events: [{ type: 'key_down', code, key, repeat }], taken: true }
}

function isBrowsers({ code, key, ctrl, meta, altGraph, composing, locked }: Stroke): boolean {
  if (composing || BROWSERS_OWN.has(code)) return true
  if (code === 'Tab' && !locked) return true
  return !MODIFIER.test(key) && (meta || (ctrl && !altGraph))
}

/** Returns what a key coming up means. */
export function lift(held: HeldKeys, code: string): Strokes {
  const key = held.get(code)
  if (key === undefined) return { held, events: [], taken: false }
  if (key === 'Meta') return { ...liftAll(held), taken: true }
  const next = new Map(held)
  next.delete(code)
  return { held: next, events: [{ type: 'key_up', code, key }], taken: true }
}

/** Returns what the loss of focus means. */
export function liftAll(held: HeldKeys): Strokes {
  const events = [...held].map(([code, key]): KeyUp => ({ type: 'key_up', code, key }))
  return { held: new Map(), events, taken: false }
}
