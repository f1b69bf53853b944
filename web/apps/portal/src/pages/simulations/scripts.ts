/** Scripts as a person writes them: rows of a form, or JSON. Pure. */
import type { Schemas } from '../../api/client.ts'

export type Cue = Schemas['Cue']
export type RowKind = 'prompt' | 'key' | 'message'

/** One thing that happens, as a row of the form. */
export interface Row {
  readonly id: string
  readonly kind: RowKind
  /** When, in seconds of the world's time. */
  readonly atS: number
  /** The prompt's text, the key's place as `KeyW`, or the message's JSON. */
  readonly text: string
  /** For how long a key is held. */
  readonly holdS: number
}

const MS = 1_000
const MAX_MS = 3_600_000
const ONE_OF = ['prompt', 'input', 'message', 'end'] as const

/** Returns the script of rows: in the order of their times, with its end. */
export function scriptOf(rows: readonly Row[], lengthS: number): Cue[] {
  const cues = rows.flatMap(cuesOf)
  cues.sort((one, other) => one.at_ms - other.at_ms)
  return [...cues, { at_ms: ms(lengthS), end: true }]
}

/** Returns what is wrong with a row, or null. */
export function faultOf(row: Row, lengthS: number): string | null {
  if (row.text.trim() === '') return 'Say what.'
  if (row.atS + (row.kind === 'key' ? row.holdS : 0) > lengthS) return 'It is after the end.'
  if (row.kind === 'message' && !isJson(row.text)) return 'This is no JSON.'
  return null
}

/** What JSON that somebody wrote means: scripts, or what is wrong, said so that it can be mended. */
export type Read = { readonly scripts: Cue[][] } | { readonly fault: string }

/** Reads a script, or a list of scripts. */
export function readScripts(text: string): Read {
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch (error) {
    return { fault: error instanceof Error ? error.message : 'This is no JSON.' }
  }
  if (!Array.isArray(found) || found.length === 0) return { fault: 'Write a list of cues.' }
  const isMany = found.every((one) => Array.isArray(one))
  const scripts = (isMany ? found : [found]) as unknown[][]
  for (const [at, script] of scripts.entries()) {
    const fault = scriptFault(script, isMany ? `Script ${at + 1}: ` : '')
    if (fault !== null) return { fault }
  }
  return { scripts: scripts as Cue[][] }
}

/** Returns a script as text that a person reads: a cue on each line. */
export function scriptText(script: readonly Cue[]): string {
  return `[\n${script.map((cue) => `  ${JSON.stringify(cue)}`).join(',\n')}\n]`
}

function cuesOf({ kind, atS, text, holdS }: Row): Cue[] {
  const at_ms = ms(atS)
  if (kind === 'prompt') return [{ at_ms, prompt: text }]
  if (kind === 'message') return [{ at_ms, message: isJson(text) ? JSON.parse(text) : text }]
  const key = { code: text, key: nameOf(text) }
  return [
    { at_ms, input: { type: 'key_down', ...key } },
    { at_ms: ms(atS + holdS), input: { type: 'key_up', ...key } },
  ]
}

function scriptFault(script: readonly unknown[], where: string): string | null {
  let before = 0
  for (const [at, cue] of script.entries()) {
    const name = `${where}cue ${at + 1}`
    if (!isRecord(cue)) return `${name} is no object.`
    const time = cue['at_ms']
    if (typeof time !== 'number' || !Number.isInteger(time) || time < 0 || time > MAX_MS)
      return `${name} needs at_ms: whole milliseconds, an hour at most.`
    if (time < before) return `${name} is before the one above it.`
    const things = ONE_OF.filter((thing) => thing in cue)
    if (things.length !== 1) return `${name} needs exactly one of ${ONE_OF.join(', ')}.`
    if ((cue['end'] === true) !== (at === script.length - 1))
      return `${where}the last cue, and no other, is the end: {"at_ms": 10000, "end": true}.`
    before = time
  }
  return before === 0 ? `${where}it ends when it begins.` : null
}

/** Returns what a key writes, from its place: `KeyW` is `w`. */
function nameOf(code: string): string {
  if (code.startsWith('Key')) return code.slice('Key'.length).toLowerCase()
  if (code.startsWith('Digit')) return code.slice('Digit'.length)
  return code === 'Space' ? ' ' : code
}

function ms(seconds: number): number {
  return Math.round(seconds * MS)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
