/** How the entries of a timeline read. Pure. */
import type { Schemas } from '../../api/client.ts'
import { clockText, spanText } from '../../pieces/spans.ts'

type Entry = Schemas['TimelineEntry']

const WHO: Readonly<Record<string, string>> = {
  viewer: 'the viewer',
  gateway: 'the gateway',
  anyone: 'somebody',
  api: 'the API',
}
const KINDS: Readonly<Record<string, string>> = {
  worker: 'worker',
  key: 'key',
  member: 'member',
  link: 'share link',
  ticket: 'ticket',
}

/** Returns who caused something: `worker:gpu-1` is `by worker gpu-1`. */
export function actorText(actor: string): string {
  const [kind, ...rest] = actor.split(':')
  const named = KINDS[kind ?? '']
  if (named !== undefined && rest.length > 0) return `by ${named} ${rest.join(':')}`
  return `by ${WHO[actor] ?? actor}`
}

/** Returns an instant with what tells it from others of the same second. */
export function stampText(at: string): string {
  const date = new Date(at)
  const time = date.toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** Returns how long after the first entry this one is. */
export function sinceText(start: string, at: string): string {
  const seconds = (Date.parse(at) - Date.parse(start)) / 1000
  if (seconds < 0) return 'before'
  return seconds < 10 ? `+${seconds.toFixed(2)} s` : `+${clockText(seconds)}`
}

const UNITS: readonly (readonly [RegExp, (value: number) => string])[] = [
  [/_kbps$/, bitrateText],
  [/_us$/, (value) => spanText(value / 1_000_000)],
  [/_ms$/, (value) => `${Math.round(value)} ms`],
  [/_percent$/, (value) => `${Number(value.toFixed(2))} %`],
  [/_s$/, (value) => (value < 10 ? `${Number(value.toFixed(2))} s` : spanText(value))],
]

/** Returns a rate in the unit that says something of it. */
export function bitrateText(kbps: number): string {
  return kbps < 1000 ? `${Math.round(kbps)} kbit/s` : `${(kbps / 1000).toFixed(1)} Mbit/s`
}

/** Returns entries by when they happened: what a viewer tells of is written down a little later. */
export function inOrder(entries: readonly Entry[]): readonly Entry[] {
  return [...entries].sort((one, other) => Date.parse(one.at) - Date.parse(other.at))
}

/** Returns facts as names and values: the unit at the end of a name moves behind the number. */
export function factTexts(facts: Entry['facts']): readonly (readonly [string, string])[] {
  return Object.entries(facts).map(([name, value]) => {
    const unit = typeof value === 'number' ? UNITS.find(([ends]) => ends.test(name)) : undefined
    if (typeof value !== 'number') return [words(name), value]
    if (unit === undefined) return [words(name), String(Number(value.toFixed(2)))]
    return [words(name.replace(unit[0], '')), unit[1](value)]
  })
}

/** One measurement of the picture, as its chart shows it. */
export interface Measured {
  readonly at: string
  readonly fps: number | null
  readonly bitrate: number | null
  readonly rtt: number | null
  readonly loss: number | null
}

/** Returns the measurements among the entries. */
export function measuredIn(entries: readonly Entry[]): readonly Measured[] {
  return entries
    .filter(({ kind }) => kind === 'quality')
    .map(({ at, facts }) => ({
      at,
      fps: number(facts['fps']),
      bitrate: number(facts['bitrate_kbps']),
      rtt: number(facts['rtt_ms']),
      loss: number(facts['loss_percent']),
    }))
}

function number(value: string | number | undefined): number | null {
  return typeof value === 'number' ? value : null
}

function words(name: string): string {
  return name.replaceAll('_', ' ')
}
