// @vitest-environment jsdom
import type { InputEvent as WorldInput } from '@diorama/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { type AttachedInput, attachInput } from '../../src/rtc/input.ts'

let video: HTMLVideoElement
let capture: AttachedInput
let sent: WorldInput[]
let pads: (Pick<Gamepad, 'index' | 'axes'> & { buttons: { value: number }[] })[]

/** Returns what was sent since the last time. */
function told(): WorldInput[] {
  return sent.splice(0)
}

function key(name: 'keydown' | 'keyup', code: string, init: KeyboardEventInit = {}): KeyboardEvent {
  const letter = code.replace(/^Key/, '').toLowerCase()
  const event = new KeyboardEvent(name, {
    code,
    key: letter,
    bubbles: true,
    cancelable: true,
    ...init,
  })
  document.body.dispatchEvent(event)
  return event
}

function pointer(name: string, init: PointerEventInit & { at?: [number, number] } = {}): void {
  const [clientX, clientY] = init.at ?? [50, 50]
  const fields = { pointerId: 1, pointerType: 'mouse', button: 0, ...init, clientX, clientY }
  video.dispatchEvent(new PointerEvent(name, fields))
}

function lock(element: Element | null): void {
  Object.defineProperty(document, 'pointerLockElement', { value: element, configurable: true })
  document.dispatchEvent(new Event('pointerlockchange'))
}

function see(state: 'hidden' | 'visible'): void {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
  document.dispatchEvent(new Event('visibilitychange'))
}

function frame(): void {
  vi.advanceTimersByTime(17)
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['requestAnimationFrame', 'cancelAnimationFrame', 'performance'] })
  video = document.body.appendChild(document.createElement('video'))
  video.getBoundingClientRect = () => new DOMRect(0, 0, 100, 100)
  video.setPointerCapture = () => undefined
  pads = []
  Object.assign(navigator, { getGamepads: () => pads })
  Object.assign(document, { exitPointerLock: () => undefined })
  sent = []
  capture = attachInput(video, { input: (event) => sent.push(event) > 0 })
})

afterEach(() => {
  capture.detach()
  lock(null)
  see('visible')
  document.body.replaceChildren()
  vi.useRealTimers()
})

describe('keys', () => {
  test('are heard on the whole page, and kept from the browser', () => {
    expect(key('keydown', 'KeyW').defaultPrevented).toBe(true)
    key('keyup', 'KeyW')

    expect(told()).toEqual([
      { type: 'key_down', code: 'KeyW', key: 'w', repeat: false },
      { type: 'key_up', code: 'KeyW', key: 'w' },
    ])
  })

  test('in a field of the page are the page’s', () => {
    const field = document.body.appendChild(document.createElement('input'))

    field.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyW', key: 'w', bubbles: true }))

    expect(told()).toEqual([])
  })

  test.each([
    ['the window loses the focus', () => window.dispatchEvent(new Event('blur'))],
    [
      'the page is hidden',
      () => {
        see('hidden')
      },
    ],
    ['the page is frozen', () => document.dispatchEvent(new Event('freeze'))],
    ['the page is left', () => window.dispatchEvent(new Event('pagehide'))],
    [
      'input is detached',
      () => {
        capture.detach()
      },
    ],
  ])('come up when %s', (_what, lose) => {
    key('keydown', 'KeyW')
    key('keydown', 'ShiftLeft', { key: 'Shift' })
    told()

    lose()

    expect(told()).toEqual([
      { type: 'key_up', code: 'KeyW', key: 'w' },
      { type: 'key_up', code: 'ShiftLeft', key: 'Shift' },
    ])
  })

  test('come up when the pointer lock is lost', () => {
    lock(video)
    key('keydown', 'KeyW')
    told()

    lock(null)

    expect(told()).toEqual([{ type: 'key_up', code: 'KeyW', key: 'w' }])
  })

  test('stay down when another element’s pointer lock ends', () => {
    key('keydown', 'KeyW')
    told()

    lock(document.body)
    lock(null)

    expect(told()).toEqual([])
  })

  test('Tab is the world’s under pointer lock, and the page’s otherwise', () => {
    expect(key('keydown', 'Tab', { key: 'Tab' }).defaultPrevented).toBe(false)

    lock(video)

    expect(key('keydown', 'Tab', { key: 'Tab' }).defaultPrevented).toBe(true)
  })
})

describe('the pointer', () => {
  test('is told once a frame, and before a click', () => {
    pointer('pointermove', { at: [10, 10], button: -1 })
    pointer('pointermove', { at: [20, 30], button: -1 })
    expect(told()).toEqual([])

    pointer('pointerdown', { at: [20, 30] })

    expect(told()).toMatchObject([
      { type: 'pointer_move', x: 0.2, y: 0.3 },
      { type: 'pointer_down', x: 0.2, y: 0.3, button: 0 },
    ])
  })

  test('a second button while one is down is told, though browsers call it a move', () => {
    pointer('pointerdown', { buttons: 1 })
    told()

    pointer('pointermove', { button: 2, buttons: 3 })

    expect(told()).toMatchObject([{ type: 'pointer_down', button: 2 }])
  })

  test('buttons come up when the window loses the focus', () => {
    pointer('pointerdown')
    told()

    window.dispatchEvent(new Event('blur'))

    expect(told()).toMatchObject([{ type: 'pointer_up', button: 0 }])
  })

  test('a click locks it where that is wanted', () => {
    const request = vi.fn(() => Promise.resolve())
    video.requestPointerLock = request

    pointer('pointerdown')
    expect(request).not.toHaveBeenCalled()
    pointer('pointerup')
    capture.pointerLock = true
    pointer('pointerdown')

    expect(request).toHaveBeenCalledOnce()
  })

  test('a locked pointer stays where it was, and its way is told', () => {
    pointer('pointermove', { at: [25, 75], button: -1 })
    frame()
    lock(video)
    told()

    pointer('pointermove', { at: [0, 0], button: -1, movementX: 7, movementY: -2 })
    frame()

    expect(told()).toMatchObject([
      { type: 'pointer_move', x: 0.25, y: 0.75, movement_x: 7, movement_y: -2 },
    ])
    expect(capture.locked).toBe(true)
  })

  test('a lock that was lost before it was told of lets go of all that is pressed', () => {
    video.requestPointerLock = () => Promise.resolve()
    capture.pointerLock = true
    key('keydown', 'KeyW')
    pointer('pointerdown')
    pointer('pointerup')
    told()

    lock(null) // Chromium tells of both changes with its next frame, after the second
    lock(null)

    expect(told()).toEqual([{ type: 'key_up', code: 'KeyW', key: 'w' }])
  })

  test('the wheel is the world’s, but not its zoom', () => {
    const turn = new WheelEvent('wheel', { deltaY: 3, deltaMode: 1, cancelable: true })
    const zoom = new WheelEvent('wheel', { deltaY: 3, ctrlKey: true, cancelable: true })
    video.dispatchEvent(turn)
    video.dispatchEvent(zoom)
    frame()

    expect(told()).toMatchObject([{ type: 'wheel', delta_y: 48 }])
    expect([turn.defaultPrevented, zoom.defaultPrevented]).toEqual([true, false])
  })
})

describe('touch', () => {
  const finger = (pointerId: number) => ({ pointerId, pointerType: 'touch' })

  test('each finger has a small number of its own, and a free one is used again', () => {
    pointer('pointerdown', { ...finger(41), at: [10, 10] })
    pointer('pointerdown', { ...finger(42), at: [90, 90] })
    pointer('pointermove', { ...finger(42), at: [80, 80] })
    frame()
    pointer('pointerup', finger(41))
    pointer('pointerdown', { ...finger(43), at: [20, 20] })

    expect(told()).toEqual([
      { type: 'touch_start', id: 0, x: 0.1, y: 0.1 },
      { type: 'touch_start', id: 1, x: 0.9, y: 0.9 },
      { type: 'touch_move', id: 1, x: 0.8, y: 0.8 },
      { type: 'touch_end', id: 0 },
      { type: 'touch_start', id: 0, x: 0.2, y: 0.2 },
    ])
  })

  test('a finger that the browser takes away is lifted', () => {
    pointer('pointerdown', finger(7))
    told()

    pointer('pointercancel', finger(7))

    expect(told()).toEqual([{ type: 'touch_end', id: 0 }])
  })

  test('all fingers are lifted when the page is hidden', () => {
    pointer('pointerdown', finger(7))
    pointer('pointerdown', finger(8))
    told()

    see('hidden')

    expect(told()).toEqual([
      { type: 'touch_end', id: 0 },
      { type: 'touch_end', id: 1 },
    ])
  })

  test('the page does not scroll under a finger', () => {
    expect(video.style.touchAction).toBe('none')
  })
})

describe('gamepads', () => {
  const pad = (x: number, pressed: number) => ({
    index: 0,
    axes: [x, 0],
    buttons: [{ value: pressed }],
  })

  function plug(): void {
    window.dispatchEvent(new Event('gamepadconnected'))
  }

  function unplug(): void {
    const event = Object.assign(new Event('gamepaddisconnected'), { gamepad: { index: 0 } })
    pads = []
    window.dispatchEvent(event)
  }

  test('are read each frame while one is connected, and told when they move', () => {
    pads = [pad(0, 1)]
    plug()
    frame()
    frame()
    pads = [pad(1, 1)]
    frame()

    expect(told()).toMatchObject([{ axes: [0, 0], buttons: [1] }, { axes: [1, 0] }])
  })

  test('one that is unplugged lets go of everything', () => {
    pads = [pad(1, 1)]
    plug()
    frame()
    told()

    unplug()

    expect(told()).toEqual([{ type: 'gamepad', index: 0, axes: [0, 0], buttons: [0] }])
  })

  test('one that was there before input was attached is found', () => {
    capture.detach()
    told()
    pads = [pad(1, 0)]

    capture = attachInput(video, { input: (event) => sent.push(event) > 0 })
    frame()

    expect(told()).toMatchObject([{ type: 'gamepad', axes: [1, 0] }])
  })

  test('a hidden page lets go of them, and tells them anew when it is seen', () => {
    pads = [pad(1, 1)]
    plug()
    frame()
    told()

    see('hidden')
    expect(told()).toMatchObject([{ axes: [0, 0], buttons: [0] }])
    see('visible')
    frame()

    expect(told()).toMatchObject([{ axes: [1, 0], buttons: [1] }])
  })
})

describe('text', () => {
  function field(): HTMLTextAreaElement {
    const found = document.querySelector('textarea')
    if (!found) throw new Error('the keyboard is closed')
    return found
  }

  function give(text: string, init: InputEventInit = {}): void {
    field().value += text
    field().dispatchEvent(new InputEvent('input', init))
  }

  test('is sent as it is, in pieces of what the wire takes', () => {
    capture.text('x'.repeat(4_001))

    expect(told().map((event) => event.type === 'text' && event.text.length)).toEqual([4_000, 1])
  })

  test('of an on-screen keyboard comes as text and keys', () => {
    capture.keyboard(true)
    expect(document.activeElement).toBe(field())

    give('hi')
    give('\n')
    field().value = ''
    field().dispatchEvent(new InputEvent('input'))

    expect(told()).toEqual([
      { type: 'text', text: 'hi' },
      { type: 'key_down', code: 'Enter', key: 'Enter' },
      { type: 'key_up', code: 'Enter', key: 'Enter' },
      { type: 'key_down', code: 'Backspace', key: 'Backspace' },
      { type: 'key_up', code: 'Backspace', key: 'Backspace' },
    ])
  })

  test('of an input method comes when it is composed, and once', () => {
    capture.keyboard(true)

    give('ni', { isComposing: true })
    expect(told()).toEqual([])
    field().value = field().value.replace('ni', '你')
    field().dispatchEvent(new CompositionEvent('compositionend', { data: '你', bubbles: true }))

    expect(told()).toEqual([{ type: 'text', text: '你' }])
  })

  test('arrows typed on it are keys', () => {
    capture.keyboard(true)

    field().dispatchEvent(
      new KeyboardEvent('keydown', { code: 'ArrowUp', key: 'ArrowUp', bubbles: true }),
    )

    expect(told()).toMatchObject([
      { type: 'key_down', code: 'ArrowUp' },
      { type: 'key_up', code: 'ArrowUp' },
    ])
  })

  test('the field is gone when the keyboard is closed', () => {
    capture.keyboard(true)
    capture.keyboard(false)

    expect(document.querySelector('textarea')).toBeNull()
  })
})

test('after detaching nothing is sent', () => {
  capture.detach()
  told()

  key('keydown', 'KeyW')
  pointer('pointerdown')

  expect(told()).toEqual([])
})
