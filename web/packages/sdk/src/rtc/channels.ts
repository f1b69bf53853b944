/**
 * The two data channels of one peer connection: pings twice a second, whose answers give the round
 * trip; messages with their acknowledgements; input, of which what the network cannot carry now is
 * dropped where the next event makes it worthless.
 */
import type { InputEvent, Message, ViewerToWorld, WorldToViewer } from '@diorama/protocol'

import { byteLength, MAX_MESSAGE_BYTES, messageText } from '../core/messages.ts'
import { Alarm } from './alarm.ts'

const PING_EVERY_MS = 500
const ACK_WITHIN_MS = 10_000
const MAX_WAITING_ACKS = 256
const MAX_UNSENT_MOVES_BYTES = 4 * 1024
const MAX_PINGS_OUT = 64
const MAX_EARLY = 64
const EARLY_FOR_MS = 2_000

export interface ChannelEvents {
  readonly onMessage: (data: unknown) => void
  readonly onRefusal: (code: string, message: string) => void
  readonly onClosed: () => void
}

export class Channels {
  rttMs: number | null = null
  /** How many frames a second the world means to show; null until it says so. */
  meantFps: number | null = null
  /** How many messages came, answers to pings among them. */
  heard = 0
  private control: RTCDataChannel | null = null
  private input: RTCDataChannel | null = null
  private pinging = false
  private isOver = false
  /**
   * What was to be sent before the worker was heard: pictures may come first, and people are quick.
   * An open channel is no sign: Chromium may say so before it takes what is sent, which is lost.
   */
  private early: { readonly go: () => void; readonly untilMs: number }[] = []
  private pings = 0
  private messages = 0
  private readonly pingedMs = new Map<number, number>()
  private readonly waiting = new Map<number, (acked: boolean) => void>()

  private readonly events: ChannelEvents
  private readonly alarm = new Alarm(() => {
    this.ping()
  })

  constructor(events: ChannelEvents) {
    this.events = events
  }

  /** Takes a channel the worker made; others than the two are left alone. */
  handleChannel(channel: RTCDataChannel): void {
    if (channel.label === 'input') this.input = channel
    if (channel.label !== 'control') return
    this.control = channel
    channel.onmessage = ({ data }) => {
      if (typeof data === 'string') this.receive(data)
    }
    channel.onclose = () => {
      this.stop()
      this.events.onClosed()
    }
    if (channel.readyState === 'open') this.start()
    else
      channel.onopen = () => {
        this.start()
      }
  }

  /** Sends an input event, or keeps it until the worker is heard; returns whether it could. */
  sendInput(event: InputEvent): boolean {
    if (event.type === 'pointer_move' && this.input?.readyState === 'open') {
      if (this.input.bufferedAmount > MAX_UNSENT_MOVES_BYTES) return false
      this.input.send(JSON.stringify(event))
      return true
    }
    return this.isOpening() ? this.keep(event) : this.send(event)
  }

  /**
   * Sends a message; resolves to whether the other side has taken it. Raises MessageRefused where it
   * could not be sent to any.
   */
  sendMessage(data: unknown): Promise<boolean> {
    const id = this.messages
    const text = messageText(data, id)
    const { control } = this
    if (this.waiting.size >= MAX_WAITING_ACKS || control?.readyState !== 'open') {
      return Promise.resolve(false)
    }
    if (this.heard > 0) control.send(text)
    else
      this.early.push({
        go: () => {
          control.send(text)
        },
        untilMs: Infinity,
      })
    this.messages += 1
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.settle(id, false)
      }, ACK_WITHIN_MS)
      this.waiting.set(id, (acked) => {
        clearTimeout(timer)
        resolve(acked)
      })
    })
  }

  /** Sends over the reliable channel; returns false where it is not open or the text too long. */
  send(message: ViewerToWorld): boolean {
    const text = JSON.stringify(message)
    if (byteLength(text) > MAX_MESSAGE_BYTES) {
      this.events.onRefusal('too_large', `A message may have at most ${MAX_MESSAGE_BYTES} bytes.`)
      return false
    }
    if (this.control?.readyState !== 'open') return false
    this.control.send(text)
    return true
  }

  /** Ends pings and everything that waits; the channels close with their peer connection. */
  stop(): void {
    this.pinging = false
    this.isOver = true
    this.early = []
    this.alarm.clear()
    this.pingedMs.clear()
    for (const id of [...this.waiting.keys()]) this.settle(id, false)
  }

  private start(): void {
    if (this.pinging) return
    this.pinging = true
    this.ping()
  }

  private sendEarly(): void {
    const nowMs = performance.now()
    for (const { go, untilMs } of this.early.splice(0)) if (untilMs >= nowMs) go()
  }

  private isOpening(): boolean {
    if (this.isOver) return false
    return this.control === null || this.control.readyState === 'connecting' || this.heard === 0
  }

  private keep(event: InputEvent): boolean {
    if (event.type === 'pointer_move' || this.early.length >= MAX_EARLY) return false
    this.early.push({ go: () => this.send(event), untilMs: performance.now() + EARLY_FOR_MS })
    return true
  }

  private ping(): void {
    const n = this.pings
    this.pings += 1
    if (this.pingedMs.size >= MAX_PINGS_OUT) this.pingedMs.clear()
    this.pingedMs.set(n, performance.now())
    this.send({ type: 'ping', n, visible: document.visibilityState === 'visible' })
    if (this.pinging) this.alarm.set(PING_EVERY_MS)
  }

  private receive(text: string): void {
    this.heard += 1
    if (this.heard === 1) this.sendEarly()
    const message = JSON.parse(text) as WorldToViewer
    switch (message.type) {
      case 'pong': {
        this.meantFps = message.fps ?? null
        const sentMs = this.pingedMs.get(message.n)
        this.pingedMs.delete(message.n)
        if (sentMs !== undefined) this.rttMs = performance.now() - sentMs
        return
      }
      case 'ack':
        this.settle(message.id, true)
        return
      case 'message':
        this.acknowledge(message)
        this.events.onMessage(message.data)
        return
      case 'problem':
        this.events.onRefusal(message.code, message.message)
    }
  }

  private acknowledge({ id }: Message): void {
    if (typeof id === 'number') this.send({ type: 'ack', id })
  }

  private settle(id: number, acked: boolean): void {
    this.waiting.get(id)?.(acked)
    this.waiting.delete(id)
  }
}
