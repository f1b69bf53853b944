/** Calendar months in UTC, as usage has them: `2026-11`. Pure. */

/** Returns the month of an instant. */
export function monthOf(at: Date): string {
  return at.toISOString().slice(0, 7)
}

/** Returns the newest months, this one first. */
export function lastMonths(now: Date, count: number): readonly string[] {
  return Array.from({ length: count }, (_, back) =>
    monthOf(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1))),
  )
}

/** Returns a month as people say it: `November 2026`. */
export function monthText(month: string): string {
  const at = new Date(`${month}-01T00:00:00Z`)
  return at.toLocaleDateString('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' })
}

/** Returns every day of a month, `2026-11-01` and on. */
export function daysOf(month: string): readonly string[] {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const last = new Date(Date.UTC(year, number, 0)).getUTCDate()
  return Array.from({ length: last }, (_, at) => `${month}-${String(at + 1).padStart(2, '0')}`)
}
