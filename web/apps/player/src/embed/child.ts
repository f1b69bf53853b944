/**
 * The player's end of a frame. It says nothing until the page around has said `hello`, and then only
 * to the origin that said it; it listens to that page's window and no other, and to no origin that
 * the project does not let frame it. The browser has kept strangers out already, by
 * `frame-ancestors`; this is the second lock on the same door.
 */
import { type Command, mayFrame, readCommand, type Told, VERSION } from './protocol.ts'

/** More is nothing that a page does on purpose. */
const MAX_COMMANDS_A_SECOND = 100
const SECOND_MS = 1_000

export interface FrameEvents {
  /** The page around is there: what to tell it first, in order. */
  readonly onHello: () => readonly Told[]
  /** Does what is asked; resolves to whether it could be done. Never rejects. */
  readonly onCommand: (command: Exclude<Command, { type: 'hello' }>) => Promise<boolean> | boolean
}

export class Frame {
  private readonly around: Window
  private readonly framers: readonly string[]
  private readonly events: FrameEvents
  /** The origin that said hello: the only one that is talked to from then on. */
  private origin: string | null = null
  private second = 0
  private count = 0

  constructor(around: Window, framers: readonly string[], events: FrameEvents) {
    this.around = around
    this.framers = framers
    this.events = events
    addEventListener('message', (event) => {
      this.handle(event)
    })
  }

  tell(told: Told): void {
    if (this.origin === null) return
    this.around.postMessage({ diorama: VERSION, ...told }, this.origin)
  }

  private handle({ source, origin, data }: MessageEvent<unknown>): void {
    if (source !== this.around || !mayFrame(origin, location.origin, this.framers)) return
    if (this.origin !== null && origin !== this.origin) return
    if (this.isFlood()) return
    const asked = readCommand(data)
    if (!asked) return
    const { command, id } = asked
    if (command.type === 'hello') {
      this.origin = origin
      for (const told of this.events.onHello()) this.tell(told)
      return
    }
    if (this.origin === null) return // who commands says hello first
    void Promise.resolve(this.events.onCommand(command)).then((ok) => {
      if (id !== null) this.tell({ type: 'result', id, ok })
    })
  }

  private isFlood(): boolean {
    const second = Math.floor(performance.now() / SECOND_MS)
    if (second !== this.second) [this.second, this.count] = [second, 0]
    this.count += 1
    return this.count > MAX_COMMANDS_A_SECOND
  }
}
