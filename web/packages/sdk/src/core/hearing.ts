/**
 * Whether anything still comes over a peer connection, by looks once a second. Pings go twice a
 * second and each is answered, so where neither a picture nor an answer came for some looks in a
 * row the way is lost: browsers take some seconds longer to say so. Looks are counted and not
 * seconds, for a page that was frozen must look again before it judges.
 */
const QUIET_LOOKS = 3

export interface Heard {
  readonly frames: number
  readonly messages: number
  /** Looks in a row at which nothing new had come. */
  readonly quiet: number
}

export const NOTHING_HEARD: Heard = { frames: 0, messages: 0, quiet: 0 }

/** Returns what is known after a look that found so many frames and messages, all told. */
export function lookAgain(before: Heard, frames: number, messages: number): Heard {
  const same = frames === before.frames && messages === before.messages
  return { frames, messages, quiet: same ? before.quiet + 1 : 0 }
}

export function isLost(heard: Heard): boolean {
  return heard.quiet >= QUIET_LOOKS
}
