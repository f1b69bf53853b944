/**
 * A gateway for a page under test: it answers the two REST calls and the socket at once, and keeps
 * what was asked. Sessions go by client id, as in the real one. Media there is none.
 */
import type { GatewayToViewer, SessionView, ViewerToGateway } from '@diorama/protocol'
import { vi } from 'vitest'

import { sessionView } from './core/story.ts'

export class FakeSocket {
  static readonly OPEN = 1
  static all: FakeSocket[] = []
  readyState = 0
  readonly sent: ViewerToGateway[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  closedWith: number | null = null

  constructor() {
    FakeSocket.all.push(this)
    setTimeout(() => {
      this.readyState = FakeSocket.OPEN
      this.onopen?.()
    }, 0)
  }

  send(text: string): void {
    const message = JSON.parse(text) as ViewerToGateway
    this.sent.push(message)
    if (message.type === 'heartbeat') this.tell(message)
  }

  tell(message: GatewayToViewer): void {
    setTimeout(() => this.onmessage?.({ data: JSON.stringify(message) }), 0)
  }

  welcome(session: SessionView): void {
    this.tell({ type: 'welcome', protocol: 1, session, heartbeat_s: 5, resume_window_s: 60 })
  }

  drop(code = 1006): void {
    this.readyState = 3
    this.onclose?.({ code })
  }

  close(code: number): void {
    this.readyState = 3
    this.closedWith = code
  }
}

export class FakeGateway {
  /** Bodies of POST /v1/sessions. */
  readonly posts: Record<string, unknown>[] = []
  readonly headers: Headers[] = []
  /** Ids of sessions that were said goodbye to by request. */
  readonly byes: string[] = []

  install(): this {
    FakeSocket.all = []
    vi.stubGlobal('WebSocket', FakeSocket)
    if (!('RTCPeerConnection' in globalThis)) vi.stubGlobal('RTCPeerConnection', vi.fn())
    vi.stubGlobal('fetch', (input: string | URL, init: RequestInit) =>
      Promise.resolve(this.answer(String(input), init)),
    )
    return this
  }

  get sockets(): FakeSocket[] {
    return FakeSocket.all
  }

  get socket(): FakeSocket {
    const last = FakeSocket.all.at(-1)
    if (!last) throw new Error('no socket was opened')
    return last
  }

  /** How many sessions were ended: by socket, or by request. */
  get ended(): number {
    const bySocket = FakeSocket.all.flatMap(({ sent }) => sent.filter(({ type }) => type === 'bye'))
    return bySocket.length + this.byes.length
  }

  private answer(address: string, init: RequestInit): Response {
    const bye = /\/v1\/sessions\/([^/]+)\/bye$/.exec(address)
    if (bye?.[1] !== undefined) {
      this.byes.push(bye[1])
      return new Response(null, { status: 204 })
    }
    const body = JSON.parse(init.body as string) as Record<string, unknown>
    this.posts.push(body)
    this.headers.push(new Headers(init.headers))
    const session = sessionView({
      id: `ses_${this.posts.length}`,
      project: String(body['project']),
    })
    return Response.json({ session, token: 'a token', continued: false }, { status: 201 })
  }
}
