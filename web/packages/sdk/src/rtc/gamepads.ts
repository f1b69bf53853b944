/** Reads gamepads once a frame for as long as one is connected. */
import type { Gamepad, InputEvent } from '@diorama/protocol'

import { gamepadEvent, restingEvent } from '../core/gamepad.ts'

export class Gamepads {
  private readonly send: (event: InputEvent) => void
  private readonly deadZone: number | undefined
  /** What was sent of each last. */
  private readonly last = new Map<number, Gamepad>()
  private polling: number | null = null

  constructor(send: (event: InputEvent) => void, deadZone: number | undefined) {
    this.send = send
    this.deadZone = deadZone
  }

  listen(signal: AbortSignal): void {
    addEventListener(
      'gamepadconnected',
      () => {
        this.poll()
      },
      { signal },
    )
    addEventListener(
      'gamepaddisconnected',
      ({ gamepad }) => {
        this.rest(gamepad.index)
      },
      { signal },
    )
    signal.addEventListener('abort', () => {
      if (this.polling !== null) cancelAnimationFrame(this.polling)
    })
    if (connected().length > 0) this.poll()
  }

  /** Tells the world that nobody touches any of them. */
  restAll(): void {
    for (const index of [...this.last.keys()]) this.rest(index)
  }

  private rest(index: number): void {
    const last = this.last.get(index)
    this.last.delete(index)
    const event = last && restingEvent(last)
    if (event) this.send(event)
  }

  private poll(): void {
    if (this.polling !== null) return
    const look = () => {
      const pads = connected()
      for (const pad of pads) this.read(pad)
      this.polling = pads.length > 0 ? requestAnimationFrame(look) : null
    }
    this.polling = requestAnimationFrame(look)
  }

  private read(pad: globalThis.Gamepad): void {
    const buttons = pad.buttons.map(({ value }) => value)
    const last = this.last.get(pad.index)
    const event = gamepadEvent(pad.index, pad.axes, buttons, last, this.deadZone)
    if (!event) return
    this.last.set(pad.index, event)
    this.send(event)
  }
}

/** Pages without a secure context, and embedded ones without leave, have no gamepads. */
function connected(): globalThis.Gamepad[] {
  if (!('getGamepads' in navigator)) return []
  try {
    return navigator.getGamepads().filter((pad) => pad !== null)
  } catch {
    return []
  }
}
