/** What the gateway is told of how the stream arrives: now and then, and where the path is another. */
import type { MediaPath, Quality } from '@diorama/protocol'

import type { Path, StreamStats } from './stats.ts'

/** What was told last, and when. */
export interface Told {
  readonly atMs: number
  readonly attachment: number
  readonly path: string
}

type Kind = MediaPath['local']
type Relay = NonNullable<MediaPath['relay']>

const KINDS: readonly string[] = ['host', 'srflx', 'prflx', 'relay'] satisfies Kind[]
const RELAYS: readonly string[] = ['udp', 'tcp', 'tls'] satisfies Relay[]

/** Returns what to tell of the last second; null while it is not time. */
export function qualityOf(
  told: Told | null,
  stats: StreamStats,
  attachment: number,
  everyMs: number,
  nowMs: number,
): { readonly told: Told; readonly message: { readonly type: 'quality' } & Quality } | null {
  const path = pathOf(stats.path)
  const words = JSON.stringify(path)
  const known = told?.attachment === attachment && told.path === words
  if (told && known && nowMs - told.atMs < everyMs) return null
  const rttMs = stats.path?.rttMs ?? stats.rttMs
  return {
    told: { atMs: nowMs, attachment, path: words },
    message: {
      type: 'quality',
      attachment,
      path,
      fps: stats.fps,
      bitrate_kbps: stats.bitrateKbps,
      rtt_ms: rttMs === null ? null : Math.max(0, Math.round(rttMs * 10) / 10),
      loss_percent: Math.round(stats.loss * 1_000) / 10,
      width: stats.width,
      height: stats.height,
    },
  }
}

function pathOf(path: Path | null): MediaPath | null {
  if (!path || !KINDS.includes(path.local) || !KINDS.includes(path.remote)) return null
  const { protocol, relayProtocol } = path
  const relay = relayProtocol && RELAYS.includes(relayProtocol) ? (relayProtocol as Relay) : null
  return { local: path.local as Kind, remote: path.remote as Kind, protocol, relay }
}
