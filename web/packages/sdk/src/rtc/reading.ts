/** Reads the counters of incoming media, and the path it takes, from a peer connection. */
import type { Path, Reading } from '../core/stats.ts'

type Reports = ReadonlyMap<string, RTCStats>

interface Inbound extends RTCInboundRtpStreamStats {
  readonly framesDropped?: number
  readonly freezeCount?: number
  readonly totalDecodeTime?: number
  readonly decoderImplementation?: string
}

interface CodecReport extends RTCStats {
  readonly mimeType?: string
}

/** What the specification has and TypeScript's library does not yet. */
interface CandidateReport extends RTCStats {
  readonly candidateType?: string
  readonly protocol?: string
  readonly relayProtocol?: string
}

interface CandidatePair extends RTCIceCandidatePairStats {
  /** Firefox's word for the pair in use. */
  readonly selected?: boolean
}

interface Transport extends RTCStats {
  readonly selectedCandidatePairId?: string
}

/** Returns the counters now, or null where no video comes in yet. */
export async function readVideo(pc: RTCPeerConnection): Promise<Reading | null> {
  return readingOf(await reportsOf(pc))
}

/** Returns everything a peer connection tells of itself, by the reports' ids. */
export async function reportsOf(pc: RTCPeerConnection): Promise<Reports> {
  const reports = new Map<string, RTCStats>()
  const found = await pc.getStats()
  found.forEach((report: RTCStats) => reports.set(report.id, report))
  return reports
}

export function readingOf(reports: Reports): Reading | null {
  const video = inbound(reports, 'video')
  if (!video) return null
  const codec = video.codecId ? (reports.get(video.codecId) as CodecReport | undefined) : undefined
  return {
    atMs: video.timestamp,
    framesDecoded: video.framesDecoded ?? 0,
    framesDropped: video.framesDropped ?? 0,
    bytesReceived: video.bytesReceived ?? 0,
    audioBytesReceived: inbound(reports, 'audio')?.bytesReceived ?? 0,
    packetsReceived: video.packetsReceived ?? 0,
    packetsLost: video.packetsLost ?? 0,
    freezes: video.freezeCount ?? 0,
    jitterMs: video.jitter === undefined ? null : Math.round(video.jitter * 10_000) / 10,
    bufferedS: video.jitterBufferDelay ?? 0,
    bufferedFrames: video.jitterBufferEmittedCount ?? 0,
    decodingS: video.totalDecodeTime ?? 0,
    width: video.frameWidth ?? null,
    height: video.frameHeight ?? null,
    codec: codec?.mimeType?.replace(/^video\//, '') ?? null,
    decoder: video.decoderImplementation ?? null,
    path: pathOf(reports),
  }
}

/** Returns the path media takes, or null while none is chosen. */
export function pathOf(reports: Reports): Path | null {
  const pair = pairInUse(reports)
  if (!pair) return null
  const local = reports.get(pair.localCandidateId) as CandidateReport | undefined
  const remote = reports.get(pair.remoteCandidateId) as CandidateReport | undefined
  const rttS = pair.currentRoundTripTime
  return {
    protocol: local?.protocol === 'tcp' ? 'tcp' : 'udp',
    local: local?.candidateType ?? 'unknown',
    remote: remote?.candidateType ?? 'unknown',
    relayed: local?.candidateType === 'relay' || remote?.candidateType === 'relay',
    relayProtocol: local?.candidateType === 'relay' ? (local.relayProtocol ?? null) : null,
    rttMs: rttS === undefined ? null : Math.round(rttS * 10_000) / 10,
  }
}

function pairInUse(reports: Reports): CandidatePair | undefined {
  const all = [...reports.values()]
  const transport = all.find(({ type }) => type === 'transport') as Transport | undefined
  const chosen = transport?.selectedCandidatePairId
  if (chosen !== undefined) return reports.get(chosen) as CandidatePair | undefined
  const pairs = all.filter(({ type }) => type === 'candidate-pair') as CandidatePair[]
  return pairs.find(({ selected }) => selected === true)
}

function inbound(reports: Reports, kind: string): Inbound | undefined {
  const found = [...reports.values()].find(
    (report) => report.type === 'inbound-rtp' && (report as Inbound).kind === kind,
  )
  return found as Inbound | undefined
}
