import type { Offer } from '@diorama/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { Peer } from '../../src/rtc/peer.ts'

/** A browser's peer connection that connects to nothing, and keeps what it was told. */
class FakePeerConnection {
  static last: FakePeerConnection
  configuration: RTCConfiguration
  /** The servers it had when each offer came. */
  readonly gatheredWith: RTCConfiguration['iceServers'][] = []
  localDescription = { sdp: 'v=0 answer' }
  connectionState = 'new'
  iceConnectionState = 'new'
  onicecandidateerror: ((event: { url: string; errorCode: number }) => void) | null = null

  constructor(configuration: RTCConfiguration) {
    this.configuration = configuration
    FakePeerConnection.last = this
  }

  getConfiguration(): RTCConfiguration {
    return this.configuration
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration
  }

  setRemoteDescription(): Promise<void> {
    this.gatheredWith.push(this.configuration.iceServers)
    return Promise.resolve()
  }

  setLocalDescription(): Promise<void> {
    return Promise.resolve()
  }

  getStats(): Promise<Map<string, RTCStats>> {
    return Promise.resolve(new Map<string, RTCStats>())
  }
}

const TURN = 'turn:turn.example.com'

beforeEach(() => {
  vi.stubGlobal('RTCPeerConnection', FakePeerConnection)
})

afterEach(() => {
  vi.unstubAllGlobals()
})

function offer(credential: string): Offer {
  const servers = [{ urls: [TURN], username: `user of ${credential}`, credential }]
  return { type: 'offer', attachment: 1, sdp: 'v=0', ice_servers: servers }
}

function peer(policy: RTCIceTransportPolicy, first: Offer): { peer: Peer; answers: string[] } {
  const answers: string[] = []
  const ignore = () => undefined
  const made = new Peer(first, policy, {
    onAnswer: (sdp) => answers.push(sdp),
    onCandidate: ignore,
    onSeen: ignore,
    onStream: ignore,
    onReading: ignore,
    onMessage: ignore,
    onRefusal: ignore,
  })
  return { peer: made, answers }
}

function said(url: string, errorCode: number): void {
  FakePeerConnection.last.onicecandidateerror?.({ url, errorCode })
}

test('each offer is answered with the credentials that came with it, and the policy stays', async () => {
  const { peer: made, answers } = peer('relay', offer('first'))

  made.accept(offer('first'))
  made.accept(offer('second'))
  await vi.waitFor(
    () => {
      expect(answers).toHaveLength(2)
    },
    { timeout: 30_000 },
  )

  expect(FakePeerConnection.last.gatheredWith).toEqual([
    [{ urls: [TURN], username: 'user of first', credential: 'first' }],
    [{ urls: [TURN], username: 'user of second', credential: 'second' }],
  ])
  expect(FakePeerConnection.last.configuration).toMatchObject({
    iceTransportPolicy: 'relay',
    bundlePolicy: 'max-bundle',
  })
  expect(await made.facts()).toMatchObject({ turn: true, relayOnly: true })
})

test('what TURN servers answer is known by its codes, until another credential comes', async () => {
  const { peer: made } = peer('all', offer('first'))
  made.accept(offer('first'))

  said(`${TURN}:3478?transport=udp`, 401)
  said(`${TURN}:3478?transport=udp`, 401)
  said('stun:stun.example.com:3478', 701)

  expect(await made.facts()).toMatchObject({ turnErrors: [401], relayOnly: false })
  made.accept(offer('second'))
  expect(await made.facts()).toMatchObject({ turnErrors: [] })
})
