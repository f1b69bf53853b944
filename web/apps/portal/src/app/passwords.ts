/** What the portal asks of a new password before the gateway does. Pure. */

export const SHORTEST = 10
export const LONGEST = 200

/** Returns what is wrong with a new password, or null. */
export function passwordFault(password: string): string | null {
  if (password.length < SHORTEST) return `At least ${SHORTEST} characters: a few words do well`
  if (password.length > LONGEST) return `At most ${LONGEST} characters`
  return null
}
