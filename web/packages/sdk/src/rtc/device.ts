/** What this browser can decode, and what it calls itself in a list of sessions. */

const NOT_CODECS = new Set(['rtx', 'red', 'ulpfec', 'flexfec-03'])
const MAX_CODECS = 16

/** Returns the video codecs that can be decoded, each once, such as `H264`; empty is unknown. */
export function videoCodecs(): string[] {
  if (!('RTCRtpReceiver' in globalThis)) return []
  const capabilities = RTCRtpReceiver.getCapabilities('video')
  const names = (capabilities?.codecs ?? []).map(({ mimeType }) => mimeType.replace(/^video\//, ''))
  const known = names.filter((name) => !NOT_CODECS.has(name.toLowerCase()))
  return [...new Set(known)].slice(0, MAX_CODECS)
}

const BROWSERS = [
  ['Edg', 'Edge'],
  ['OPR', 'Opera'],
  ['Firefox', 'Firefox'],
  ['FxiOS', 'Firefox'],
  ['Chrome', 'Chrome'],
  ['CriOS', 'Chrome'],
  ['Safari', 'Safari'],
] as const
const SYSTEMS = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['Windows', 'Windows'],
  ['Mac OS', 'macOS'],
  ['CrOS', 'ChromeOS'],
  ['Linux', 'Linux'],
] as const

/** Returns a label a person knows their own device by, such as `Chrome on Linux`. */
export function deviceLabel(userAgent: string): string {
  const browser = BROWSERS.find(([mark]) => userAgent.includes(mark))?.[1] ?? 'Browser'
  const system = SYSTEMS.find(([mark]) => userAgent.includes(mark))?.[1]
  return system ? `${browser} on ${system}` : browser
}
