/** Reads the counters of an incoming video from a peer connection. */
import type { Reading } from '../core/stats.ts'

interface InboundVideo extends RTCInboundRtpStreamStats {
  readonly framesDropped?: number
}

function isInboundVideo(report: RTCStats): report is InboundVideo {
  return report.type === 'inbound-rtp' && (report as RTCInboundRtpStreamStats).kind === 'video'
}

interface CodecReport extends RTCStats {
  readonly mimeType?: string
}

/** Returns the counters now, or null where no video comes in yet. */
export async function readVideo(pc: RTCPeerConnection): Promise<Reading | null> {
  const reports = new Map<string, RTCStats>()
  const found = await pc.getStats()
  found.forEach((report: RTCStats) => reports.set(report.id, report))
  const video = [...reports.values()].find(isInboundVideo)
  if (!video) return null
  const codec = video.codecId ? (reports.get(video.codecId) as CodecReport | undefined) : undefined
  return {
    atMs: video.timestamp,
    framesDecoded: video.framesDecoded ?? 0,
    framesDropped: video.framesDropped ?? 0,
    bytesReceived: video.bytesReceived ?? 0,
    packetsLost: video.packetsLost ?? 0,
    jitterMs: video.jitter === undefined ? null : Math.round(video.jitter * 10_000) / 10,
    width: video.frameWidth ?? null,
    height: video.frameHeight ?? null,
    codec: codec?.mimeType?.replace(/^video\//, '') ?? null,
  }
}
