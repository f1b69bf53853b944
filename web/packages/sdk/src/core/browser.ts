/** Whether this browser can show any world. */

export const NO_WEBRTC = 'This browser shows no live video: WebRTC is missing, or switched off.'

/** Returns whether there is WebRTC: settings and extensions may take it away. */
export function hasWebRtc(): boolean {
  return 'RTCPeerConnection' in globalThis
}
