/** Figures of a stream, from two readings of the browser's counters. */

/** The counters of one moment; null where the browser does not tell. */
export interface Reading {
  readonly atMs: number
  readonly framesDecoded: number
  readonly framesDropped: number
  readonly bytesReceived: number
  readonly packetsLost: number
  readonly jitterMs: number | null
  readonly width: number | null
  readonly height: number | null
  readonly codec: string | null
}

export interface StreamStats {
  readonly fps: number
  readonly bitrateKbps: number
  /** Round trip to the world over the data channel, not the network's alone. */
  readonly rttMs: number | null
  readonly jitterMs: number | null
  readonly framesDecoded: number
  readonly framesDropped: number
  readonly packetsLost: number
  readonly width: number | null
  readonly height: number | null
  readonly codec: string | null
}

/** Returns the figures between two readings; without an earlier one the rates are 0. */
export function statsBetween(
  earlier: Reading | null,
  now: Reading,
  rttMs: number | null,
): StreamStats {
  const seconds = earlier ? (now.atMs - earlier.atMs) / 1_000 : 0
  const rate = (one: number, other: number) =>
    seconds > 0 ? Math.max(0, (other - one) / seconds) : 0
  return {
    fps: Math.round(rate(earlier?.framesDecoded ?? 0, now.framesDecoded) * 10) / 10,
    bitrateKbps: Math.round((rate(earlier?.bytesReceived ?? 0, now.bytesReceived) * 8) / 1_000),
    rttMs,
    jitterMs: now.jitterMs,
    framesDecoded: now.framesDecoded,
    framesDropped: now.framesDropped,
    packetsLost: now.packetsLost,
    width: now.width,
    height: now.height,
    codec: now.codec,
  }
}
