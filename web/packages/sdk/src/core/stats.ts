/** Figures of a stream, from two readings of the browser's counters. */

/** How the media comes: the pair of addresses in use. */
export interface Path {
  readonly protocol: 'udp' | 'tcp'
  /** What each end's address is: of its own (`host`), as others see it, or a relay's. */
  readonly local: string
  readonly remote: string
  /** Whether a TURN relay is in between, on either side. */
  readonly relayed: boolean
  /** How this page reaches its own relay: `udp`, `tcp` or `tls`; null where it uses none. */
  readonly relayProtocol: string | null
  readonly rttMs: number | null
}

/** The counters of one moment; null where the browser does not tell. */
export interface Reading {
  readonly atMs: number
  readonly framesDecoded: number
  readonly framesDropped: number
  readonly bytesReceived: number
  readonly audioBytesReceived: number
  readonly packetsReceived: number
  readonly packetsLost: number
  readonly freezes: number
  readonly jitterMs: number | null
  /** Sums over all frames: time in the jitter buffer with the frames that left it, time decoding. */
  readonly bufferedS: number
  readonly bufferedFrames: number
  readonly decodingS: number
  readonly width: number | null
  readonly height: number | null
  readonly codec: string | null
  readonly decoder: string | null
  readonly path: Path | null
}

/** What the world's end of the data channel tells of. */
export interface Heard {
  /** Round trip over the data channel, not the network's alone. */
  readonly rttMs: number | null
  readonly meantFps: number | null
}

/** What is heard before the data channel is there. */
export const UNHEARD: Heard = { rttMs: null, meantFps: null }

export interface StreamStats {
  readonly fps: number
  /** How many frames a second the world means to show; null until it says so. */
  readonly meantFps: number | null
  readonly bitrateKbps: number
  readonly audioBitrateKbps: number
  /** Round trip to the world over the data channel, not the network's alone. */
  readonly rttMs: number | null
  readonly jitterMs: number | null
  /** How long a frame waited in the browser before it was decoded, on average of the last second. */
  readonly jitterBufferMs: number | null
  readonly decodeMs: number | null
  readonly framesDecoded: number
  readonly framesDropped: number
  readonly packetsLost: number
  /** Share of the last second's packets that did not come, 0 to 1. */
  readonly loss: number
  /** How often the picture stood still longer than it should, since it began. */
  readonly freezes: number
  readonly width: number | null
  readonly height: number | null
  readonly codec: string | null
  /** What decodes: the browser's name of it, such as `FFmpeg`. */
  readonly decoder: string | null
  readonly path: Path | null
}

/** Returns the figures between two readings; without an earlier one the rates are 0. */
export function statsBetween(
  earlier: Reading | null,
  now: Reading,
  { rttMs, meantFps }: Heard,
): StreamStats {
  const seconds = earlier ? (now.atMs - earlier.atMs) / 1_000 : 0
  const rate = (one: number | undefined, other: number) =>
    seconds > 0 ? Math.max(0, (other - (one ?? 0)) / seconds) : 0
  const kbps = (one: number | undefined, other: number) =>
    Math.round((rate(one, other) * 8) / 1_000)
  const frames = now.framesDecoded - (earlier?.framesDecoded ?? 0)
  const buffered = now.bufferedFrames - (earlier?.bufferedFrames ?? 0)
  const lost = Math.max(0, now.packetsLost - (earlier?.packetsLost ?? 0))
  const came = Math.max(0, now.packetsReceived - (earlier?.packetsReceived ?? 0))
  return {
    fps: tenths(rate(earlier?.framesDecoded, now.framesDecoded)),
    meantFps,
    bitrateKbps: kbps(earlier?.bytesReceived, now.bytesReceived),
    audioBitrateKbps: kbps(earlier?.audioBytesReceived, now.audioBytesReceived),
    rttMs,
    jitterMs: now.jitterMs,
    jitterBufferMs: meanMs(now.bufferedS - (earlier?.bufferedS ?? 0), buffered),
    decodeMs: meanMs(now.decodingS - (earlier?.decodingS ?? 0), frames),
    framesDecoded: now.framesDecoded,
    framesDropped: now.framesDropped,
    packetsLost: now.packetsLost,
    loss: lost + came === 0 ? 0 : Math.round((lost / (lost + came)) * 1_000) / 1_000,
    freezes: now.freezes,
    width: now.width,
    height: now.height,
    codec: now.codec,
    decoder: now.decoder,
    path: now.path,
  }
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}

function meanMs(seconds: number, count: number): number | null {
  return count > 0 ? tenths(Math.max(0, (seconds / count) * 1_000)) : null
}
