/** Lengths of time and instants as people read them. Pure. */

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400
const US_PER_S = 1_000_000

/** Returns a length in its two largest units: `4 s`, `2 min 5 s`, `1 h 04 min`, `3 d 2 h`. */
export function spanText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  if (whole < MINUTE) return `${whole} s`
  if (whole < HOUR) return pair(whole, MINUTE, 'min', 1, 's')
  if (whole < DAY) return pair(whole, HOUR, 'h', MINUTE, 'min')
  return pair(whole, DAY, 'd', HOUR, 'h')
}

/** Returns a length as a clock shows it, for what is compared by eye: `0:04`, `12:05`, `1:02:03`. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const [h, m, s] = [Math.floor(whole / HOUR), Math.floor((whole % HOUR) / MINUTE), whole % MINUTE]
  const two = (value: number): string => String(value).padStart(2, '0')
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/** Returns metered microseconds as hours with two digits after the point: `12.40 h`. */
export function hoursText(us: number): string {
  return `${hoursNumber(us)} h`
}

/** Returns metered microseconds as hours without their unit, for `75.31 of 100 h`. */
export function hoursNumber(us: number): string {
  return (us / US_PER_S / HOUR).toLocaleString('en', HOURS)
}

const HOURS = { minimumFractionDigits: 2, maximumFractionDigits: 2 }

/** Returns metered microseconds to the last digit that a person reads: `1 h 02 min 03.250 s`. */
export function exactText(us: number): string {
  const seconds = us / US_PER_S
  const [h, m] = [Math.floor(seconds / HOUR), Math.floor((seconds % HOUR) / MINUTE)]
  const s = (seconds % MINUTE).toFixed(3).padStart(h > 0 || m > 0 ? 6 : 0, '0')
  const minutes = h > 0 ? String(m).padStart(2, '0') : String(m)
  return [h > 0 ? `${h} h` : '', h > 0 || m > 0 ? `${minutes} min` : '', `${s} s`]
    .filter((part) => part !== '')
    .join(' ')
}

/** Returns how long ago an instant was: `just now`, `2 min ago`; what is to come is `in 2 min`. */
export function agoText(at: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - at.getTime()) / 1000)
  if (Math.abs(seconds) < 5) return 'just now'
  const text = coarse(Math.abs(seconds))
  return seconds > 0 ? `${text} ago` : `in ${text}`
}

const COUNT = new Intl.NumberFormat('en', { maximumFractionDigits: 3 })

/** Returns a count with its thousands apart, as the fields of numbers have them. */
export function countText(count: number): string {
  return COUNT.format(count).replaceAll(',', '\u00a0')
}

/** Returns an instant in the reader's time zone: only its time where it is of today. */
export function momentText(at: Date, now: Date): string {
  if (at.toDateString() === now.toDateString()) return at.toLocaleTimeString('en-GB', TIME)
  const isThisYear = at.getFullYear() === now.getFullYear()
  const day = at.toLocaleDateString('en-GB', isThisYear ? DAY_OF_YEAR : { ...DAY_OF_YEAR, ...YEAR })
  return `${day}, ${at.toLocaleTimeString('en-GB', SHORT_TIME)}`
}

const TIME = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const
const SHORT_TIME = { hour: '2-digit', minute: '2-digit' } as const
const DAY_OF_YEAR = { day: 'numeric', month: 'short' } as const
const YEAR = { year: 'numeric' } as const

function pair(whole: number, large: number, word: string, small: number, other: string): string {
  const rest = Math.floor((whole % large) / small)
  return rest === 0
    ? `${Math.floor(whole / large)} ${word}`
    : `${Math.floor(whole / large)} ${word} ${rest} ${other}`
}

function coarse(seconds: number): string {
  if (seconds < MINUTE) return `${seconds} s`
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h`
  const days = Math.floor(seconds / DAY)
  return days === 1 ? '1 day' : `${days} days`
}
