/**
 * Everything a viewer does on the picture, sent to the world. Keys are heard on the whole page, for
 * the picture needs no focus to be played, unless the viewer is typing or is on a control; the rest
 * is heard on the video element. Nothing stays pressed when the page loses the viewer.
 */
import type { InputEvent } from '@diorama/protocol'

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
import { Gamepads } from './gamepads.ts'
import { Keyboard } from './keyboard.ts'
import { isForPage } from './typing.ts'

export interface InputOptions {
  /** Lock the pointer when the picture is clicked; Escape unlocks. */
  readonly pointerLock?: boolean | undefined
  /** How far a stick may be from its middle and still rest, 0 to 1; 0.08 unless given. */
  readonly deadZone?: number | undefined
}

/** Whatever takes events: a session, or what a test puts in its place. */
export interface InputSink {
  input(event: InputEvent): boolean
}

export interface AttachedInput {
  /** Whether a click on the picture locks the pointer. */
  pointerLock: boolean
  /** Whether the pointer is locked now. */
  readonly locked: boolean
  /** Sends text, such as that of an on-screen keyboard. */
  text(text: string): void
  /** Opens or closes the on-screen keyboard, and with it input methods; open it in a gesture. */
  keyboard(open: boolean): void
  detach(): void
}

export function attachInput(
  video: HTMLVideoElement,
  session: InputSink,
  options: InputOptions = {},
): AttachedInput {
  return new Capture(video, session, options)
}

class Capture implements AttachedInput {
  pointerLock: boolean
  private readonly video: HTMLVideoElement
  private readonly session: InputSink
  private readonly listening = new AbortController()
  private readonly gamepads: Gamepads
  private readonly typing: Keyboard
  private held: HeldKeys = new Map()
  private pending: Pending = NOTHING
  private frame: number | null = null
  private last: Point = { x: 0.5, y: 0.5 }
  private readonly buttons = new Set<number>()
  /** The browser's number of each finger that is down, and ours. */
  private readonly fingers = new Map<number, number>()
  /** Whether the lock is the video's, or was asked for: one lost at once is told of only then. */
  private lockWanted = false

  constructor(video: HTMLVideoElement, session: InputSink, options: InputOptions) {
    this.video = video
    this.session = session
    this.pointerLock = options.pointerLock ?? false
    const send = (event: InputEvent) => void session.input(event)
    this.gamepads = new Gamepads(send, options.deadZone)
    this.typing = new Keyboard(video, send)
    video.style.touchAction = 'none'
    this.listenToKeys()
    this.listenToPointers()
    this.listenForLosses()
    this.gamepads.listen(this.listening.signal)
  }

  get locked(): boolean {
    return document.pointerLockElement === this.video
  }

  text(text: string): void {
    this.typing.text(text)
  }

  keyboard(open: boolean): void {
    if (open) this.typing.open()
    else this.typing.close()
  }

  detach(): void {
    this.listening.abort()
    this.releaseAll()
    this.typing.close()
    if (this.locked) document.exitPointerLock()
  }

  private listenToKeys(): void {
    const { signal } = this.listening
    addEventListener('keydown', this.handleKeyDown, { signal })
    addEventListener('keyup', this.handleKeyUp, { signal })
    addEventListener('compositionend', this.handleComposition, { signal })
  }

  private listenToPointers(): void {
    const { signal } = this.listening
    this.video.addEventListener('pointerdown', this.handleDown, { signal })
    this.video.addEventListener('pointermove', this.handleMove, { signal })
    this.video.addEventListener('pointerup', this.handleUp, { signal })
    this.video.addEventListener('pointercancel', this.handleUp, { signal })
    this.video.addEventListener('wheel', this.handleWheel, { signal, passive: false })
    this.video.addEventListener('contextmenu', prevent, { signal })
    this.video.addEventListener('dragstart', prevent, { signal })
  }

  /** A viewer who looks elsewhere lets go of everything: no page hears the keys that come up there. */
  private listenForLosses(): void {
    const { signal } = this.listening
    const releaseAll = () => {
      this.releaseAll()
    }
    addEventListener('blur', releaseAll, { signal })
    addEventListener('pagehide', releaseAll, { signal })
    document.addEventListener('freeze', releaseAll, { signal })
    document.addEventListener(
      'visibilitychange',
      () => {
        if (document.visibilityState === 'hidden') this.releaseAll()
      },
      { signal },
    )
    document.addEventListener(
      'pointerlockchange',
      () => {
        if (this.lockWanted && !this.locked) this.releaseAll()
        this.lockWanted = this.locked
      },
      { signal },
    )
  }

  private readonly handleKeyDown = (event: KeyboardEvent) => {
    if (isForPage(event.target, event.code)) return
    const stroke = {
      code: event.code,
      key: event.key,
      repeat: event.repeat,
      ctrl: event.ctrlKey,
      meta: event.metaKey,
      altGraph: event.getModifierState('AltGraph'),
      composing: event.isComposing,
      locked: this.locked,
    }
    this.take(press(this.held, stroke), event)
  }

  private readonly handleKeyUp = (event: KeyboardEvent) => {
    this.take(lift(this.held, event.code), event)
  }

  private readonly handleComposition = ({ data, target }: CompositionEvent) => {
    if (!isForPage(target, '')) this.text(data)
  }

  private take(strokes: Strokes, event: KeyboardEvent): void {
    this.held = strokes.held
    for (const each of strokes.events) this.session.input(each)
    if (strokes.taken) event.preventDefault()
  }

  private readonly handleDown = (event: PointerEvent) => {
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
    if (this.pointerLock && !this.locked) void this.lock()
    this.setButton(event.button, true, at)
  }

  private readonly handleMove = (event: PointerEvent) => {
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

  private readonly handleUp = (event: PointerEvent) => {
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

  private readonly handleWheel = (event: WheelEvent) => {
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
    if (this.locked) return this.last
    const fit = getComputedStyle(this.video).objectFit as Fit
    const { videoWidth, videoHeight } = this.video
    const box = pictureBox(this.video.getBoundingClientRect(), videoWidth, videoHeight, fit)
    this.last = toPicture({ x: clientX, y: clientY }, box)
    return this.last
  }

  private async lock(): Promise<void> {
    this.lockWanted = true
    try {
      await this.video.requestPointerLock()
    } catch {
      this.lockWanted = false
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
    this.gamepads.restAll()
  }
}

function prevent(event: Event): void {
  event.preventDefault()
}

/** Returns the bit of a button in `buttons`; W3C swaps middle and right there. */
function maskOf(button: number): number {
  return button === 1 ? 4 : button === 2 ? 2 : 1 << button
}
