/**
 * Everything a viewer does on the picture, sent to the world. Keys are heard on the whole page, for
 * the picture needs no focus to be played, unless the viewer is typing or is on a control; the rest
 * is heard on the video element. Nothing stays pressed when the page loses the viewer.
 */
import type { Gamepad, InputEvent } from '@diorama/protocol'

import { gamepadEvent } from '../core/gamepad.ts'
import { type HeldKeys, lift, liftAll, press, type Strokes } from '../core/keys.ts'
import { type Fit, pictureBox, type Point, toPicture } from '../core/picture.ts'
import {
  addMove,
  addTouch,
  addWheel,
  eventsOf,
  freeTouchId,
  NOTHING,
  type Pending,
  wheelPixels,
} from '../core/pointers.ts'
import { isForPage } from './typing.ts'

export interface InputOptions {
  /** Lock the pointer when the picture is clicked; Escape unlocks. */
  readonly pointerLock?: boolean
}

/** Whatever takes events: a session, or what a test puts in its place. */
export interface InputSink {
  input(event: InputEvent): boolean
}

export interface AttachedInput {
  /** Whether a click on the picture locks the pointer. */
  pointerLock: boolean
  /** Sends text, such as that of an on-screen keyboard. */
  text(text: string): void
  detach(): void
}

const MAX_TEXT = 4_000

export function attachInput(
  video: HTMLVideoElement,
  session: InputSink,
  options: InputOptions = {},
): AttachedInput {
  return new Capture(video, session, options.pointerLock ?? false)
}

class Capture implements AttachedInput {
  pointerLock: boolean
  private readonly video: HTMLVideoElement
  private readonly session: InputSink
  private readonly listening = new AbortController()
  private held: HeldKeys = new Map()
  private pending: Pending = NOTHING
  private frame: number | null = null
  private last: Point = { x: 0.5, y: 0.5 }
  private readonly buttons = new Set<number>()
  /** The browser's number of each finger that is down, and ours. */
  private readonly fingers = new Map<number, number>()
  private readonly gamepads = new Map<number, Gamepad>()
  private polling: number | null = null

  constructor(video: HTMLVideoElement, session: InputSink, pointerLock: boolean) {
    this.video = video
    this.session = session
    this.pointerLock = pointerLock
    video.style.touchAction = 'none'
    this.listenToKeys()
    this.listenToPointers()
    this.listenToGamepads()
  }

  text(text: string): void {
    if (text !== '') this.session.input({ type: 'text', text: text.slice(0, MAX_TEXT) })
  }

  detach(): void {
    this.listening.abort()
    this.releaseAll()
    for (const frame of [this.frame, this.polling]) if (frame !== null) cancelAnimationFrame(frame)
    if (this.isLocked()) document.exitPointerLock()
  }

  private listenToKeys(): void {
    const { signal } = this.listening
    addEventListener(
      'keydown',
      (event) => {
        this.handleKeyDown(event)
      },
      { signal },
    )
    addEventListener(
      'keyup',
      (event) => {
        this.take(lift(this.held, event.code), event)
      },
      { signal },
    )
    addEventListener(
      'compositionend',
      ({ data, target }) => {
        if (!isForPage(target, '')) this.text(data)
      },
      { signal },
    )
    addEventListener(
      'blur',
      () => {
        this.releaseAll()
      },
      { signal },
    )
    document.addEventListener(
      'visibilitychange',
      () => {
        if (document.visibilityState === 'hidden') this.releaseAll()
      },
      { signal },
    )
  }

  private listenToPointers(): void {
    const { signal } = this.listening
    const on = (
      name: 'pointerdown' | 'pointermove' | 'pointerup' | 'pointercancel',
      handle: (event: PointerEvent) => void,
    ) => {
      this.video.addEventListener(name, handle, { signal })
    }
    on('pointerdown', (event) => {
      this.handleDown(event)
    })
    on('pointermove', (event) => {
      this.handleMove(event)
    })
    on('pointerup', (event) => {
      this.handleUp(event)
    })
    on('pointercancel', (event) => {
      this.handleUp(event)
    })
    this.video.addEventListener(
      'wheel',
      (event) => {
        this.handleWheel(event)
      },
      { signal, passive: false },
    )
    this.video.addEventListener(
      'contextmenu',
      (event) => {
        event.preventDefault()
      },
      { signal },
    )
    this.video.addEventListener(
      'dragstart',
      (event) => {
        event.preventDefault()
      },
      { signal },
    )
  }

  private listenToGamepads(): void {
    const { signal } = this.listening
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
        this.gamepads.delete(gamepad.index)
      },
      { signal },
    )
  }

  private handleKeyDown(event: KeyboardEvent): void {
    if (isForPage(event.target, event.code)) return
    const stroke = {
      code: event.code,
      key: event.key,
      repeat: event.repeat,
      ctrl: event.ctrlKey,
      meta: event.metaKey,
      altGraph: event.getModifierState('AltGraph'),
      composing: event.isComposing,
      locked: this.isLocked(),
    }
    this.take(press(this.held, stroke), event)
  }

  private take(strokes: Strokes, event: KeyboardEvent): void {
    this.held = strokes.held
    for (const each of strokes.events) this.session.input(each)
    if (strokes.taken) event.preventDefault()
  }

  private handleDown(event: PointerEvent): void {
    this.flush() // the way to a click comes before it: under pointer lock it would turn the view
    const at = this.place(event)
    this.video.setPointerCapture(event.pointerId)
    if (event.pointerType === 'touch') {
      const id = freeTouchId(this.fingers.values())
      this.fingers.set(event.pointerId, id)
      this.session.input({ type: 'touch_start', id, ...at })
      return
    }
    this.video.focus({ preventScroll: true })
    if (this.pointerLock && !this.isLocked()) void this.lock()
    this.setButton(event.button, true, at)
  }

  private handleMove(event: PointerEvent): void {
    const finger = this.fingers.get(event.pointerId)
    if (event.pointerType === 'touch') {
      if (finger === undefined) return
      this.wait(addTouch(this.pending, finger, this.place(event)))
      return
    }
    // A second button that goes down or up while one is held is told as a move.
    if (event.button >= 0) {
      this.setButton(event.button, (event.buttons & maskOf(event.button)) !== 0, this.place(event))
    }
    const movement = { x: event.movementX, y: event.movementY }
    this.wait(addMove(this.pending, this.place(event), movement, event.buttons & 0xffff))
  }

  private handleUp(event: PointerEvent): void {
    const finger = this.fingers.get(event.pointerId)
    if (finger === undefined) {
      if (event.pointerType !== 'touch') this.setButton(event.button, false, this.place(event))
      return
    }
    this.flush()
    this.fingers.delete(event.pointerId)
    this.session.input({ type: 'touch_end', id: finger })
  }

  private setButton(button: number, down: boolean, at: Point): void {
    if (button < 0 || button > 15 || this.buttons.has(button) === down) return
    if (down) this.buttons.add(button)
    else this.buttons.delete(button)
    this.session.input({ type: down ? 'pointer_down' : 'pointer_up', ...at, button })
  }

  private handleWheel(event: WheelEvent): void {
    if (event.ctrlKey || event.metaKey) return // the browser's zoom
    event.preventDefault()
    const delta = wheelPixels({ x: event.deltaX, y: event.deltaY }, event.deltaMode)
    this.wait(addWheel(this.pending, this.place(event), delta))
  }

  /** Keeps what moved until the next frame. */
  private wait(pending: Pending): void {
    this.pending = pending
    this.frame ??= requestAnimationFrame(() => {
      this.flush()
    })
  }

  private flush(): void {
    if (this.frame !== null) cancelAnimationFrame(this.frame)
    this.frame = null
    const { pending } = this
    this.pending = NOTHING
    for (const event of eventsOf(pending)) this.session.input(event)
  }

  /** Returns where on the picture an event is; under pointer lock, where it was before. */
  private place({ clientX, clientY }: MouseEvent): Point {
    if (this.isLocked()) return this.last
    const fit = getComputedStyle(this.video).objectFit as Fit
    const { videoWidth, videoHeight } = this.video
    const box = pictureBox(this.video.getBoundingClientRect(), videoWidth, videoHeight, fit)
    this.last = toPicture({ x: clientX, y: clientY }, box)
    return this.last
  }

  private isLocked(): boolean {
    return document.pointerLockElement === this.video
  }

  private async lock(): Promise<void> {
    try {
      await this.video.requestPointerLock()
    } catch {
      // the browser wants a pause after Escape, or the page may not: the pointer stays free
    }
  }

  private releaseAll(): void {
    this.flush()
    const lifted = liftAll(this.held)
    this.held = lifted.held
    for (const event of lifted.events) this.session.input(event)
    for (const button of [...this.buttons]) this.setButton(button, false, this.last)
    for (const id of this.fingers.values()) this.session.input({ type: 'touch_end', id })
    this.fingers.clear()
  }

  /** Reads gamepads once a frame for as long as one is connected. */
  private poll(): void {
    if (this.polling !== null) return
    const look = () => {
      const connected = navigator.getGamepads().filter((pad) => pad !== null)
      for (const pad of connected) this.readGamepad(pad)
      this.polling = connected.length > 0 ? requestAnimationFrame(look) : null
    }
    this.polling = requestAnimationFrame(look)
  }

  private readGamepad(pad: globalThis.Gamepad): void {
    const buttons = pad.buttons.map(({ value }) => value)
    const event = gamepadEvent(pad.index, pad.axes, buttons, this.gamepads.get(pad.index))
    if (!event) return
    this.gamepads.set(pad.index, event)
    this.session.input(event)
  }
}

/** Returns the bit of a button in `buttons`; W3C swaps middle and right there. */
function maskOf(button: number): number {
  return button === 1 ? 4 : button === 2 ? 2 : 1 << button
}
