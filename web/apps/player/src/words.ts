/** What a session is doing, in a viewer's words: pure sentences, no page. */
import type {
  Ended,
  HolderView,
  MediaState,
  QueueView,
  Reconnecting,
  SessionState,
  SessionView,
  Warned,
} from '@diorama/sdk'

export interface WaitWords {
  readonly title: string
  readonly detail: string
  /** Which of the steps place, world and video is under way. */
  readonly step: 0 | 1 | 2
}

/** Returns what to show while there is no picture. */
export function waitWords(
  state: SessionState,
  media: MediaState,
  session: SessionView | null,
): WaitWords {
  if (state === 'requesting') return { title: 'Asking for a place…', detail: '', step: 0 }
  if (state === 'queued') return queueWords(session?.queue ?? null)
  const started = media !== 'none' || typeof session?.first_frame_at === 'string'
  return started
    ? { title: 'Connecting video…', detail: '', step: 2 }
    : { title: 'Starting the world…', detail: '', step: 1 }
}

function queueWords(queue: QueueView | null): WaitWords {
  if (!queue) return { title: 'Waiting in line…', detail: GOES_ON, step: 0 }
  const { position, length } = queue
  const title =
    position === 1 ? `You are next (1 of ${length})` : `You are number ${position} of ${length}`
  const eta = etaWords(queue)
  return { title, detail: eta ? `${eta} ${GOES_ON}` : GOES_ON, step: 0 }
}

const GOES_ON = 'It starts by itself as soon as a place is free.'

function etaWords({ eta_p50_s: likely, eta_p90_s: late }: QueueView): string {
  if (typeof likely !== 'number') return ''
  const [soon, latest] = [spanWords(likely), typeof late === 'number' ? spanWords(late) : null]
  return latest === null || latest === soon
    ? `About ${soon} to go.`
    : `About ${soon} to go, hardly more than ${latest}.`
}

/** Returns a length of time as a person says it. */
export function spanWords(seconds: number): string {
  if (seconds < 10) return 'a few seconds'
  if (seconds < 55) return `${Math.ceil(seconds / 10) * 10} seconds`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return minutes <= 1 ? 'a minute' : `${minutes} minutes`
  const hours = Math.round(minutes / 60)
  return hours === 1 ? 'an hour' : `${hours} hours`
}

/** Returns a countdown such as `4:09`. */
export function clockWords(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** Returns what a warning says before its countdown. */
export function warningWords(kind: Warned['kind']): string {
  switch (kind) {
    case 'afk':
      return 'Are you still there? This ends in'
    case 'runtime':
      return 'The time for this session is up in'
    case 'draining':
      return 'This machine goes out of service in'
  }
}

/** Returns what a repair says. */
export function repairWords({ step, attempt, live }: Reconnecting): string {
  const again = step === 'socket' && attempt > 1 ? ` (try ${attempt})` : ''
  return live ? `Reconnecting to the server${again}…` : `Connection lost. Reconnecting${again}…`
}

const NO_USE = new Set([4000, 4002, 4013])
const SUPERSEDED = 4011

/** Returns what the button of the end screen says, or null where starting again is of no use. */
export function againWords({ code }: Ended): string | null {
  if (NO_USE.has(code)) return null
  return code === SUPERSEDED ? 'Continue here' : 'Start again'
}

/** Returns the small line that a viewer reads to whoever helps. */
export function codeWords({ code, name, reason }: Ended): string {
  return `${code} · ${name} · ${reason}`
}

/** Returns what stands below the end's sentence: the time limit's or the refusal's own words. */
export function endDetail({ reason, problem }: Ended): string {
  switch (reason) {
    case 'afk_timeout':
      return 'Nothing was pressed or moved for a while.'
    case 'max_runtime':
      return 'Each session of this world has a longest time.'
    case 'hours_exhausted':
      return 'The hours of this account are used up.'
    default:
      return problem?.detail ?? ''
  }
}

/** Returns what holds the places, as the refusal lists it; anything unexpected is left out. */
export function holdersOf({ problem }: Ended): readonly HolderView[] {
  const told = problem?.facts['holders']
  return Array.isArray(told) ? told.filter(isHolder) : []
}

function isHolder(value: unknown): value is HolderView {
  return (
    typeof value === 'object' &&
    value !== null &&
    'session' in value &&
    'age_s' in value &&
    typeof value.age_s === 'number'
  )
}

/** Returns one holder as two texts: what it is, and for how long. */
export function holderWords({ device, project, state, age_s }: HolderView): [string, string] {
  return [device ? `${project}, ${device}` : project, `${state} for ${spanWords(age_s)}`]
}

/** Returns a bitrate as a person reads it. */
export function bitrateWords(kbps: number): string {
  return kbps < 1_000 ? `${kbps} kbit/s` : `${(kbps / 1_000).toFixed(1)} Mbit/s`
}
