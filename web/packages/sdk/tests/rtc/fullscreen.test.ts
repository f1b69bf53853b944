// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { fullscreen } from '../../src/rtc/fullscreen.ts'

let element: HTMLElement
const keyboard = { lock: vi.fn(() => Promise.resolve()), unlock: vi.fn() }

function fill(found: Element | null): void {
  Object.defineProperty(document, 'fullscreenElement', { value: found, configurable: true })
  document.dispatchEvent(new Event('fullscreenchange'))
}

beforeEach(() => {
  element = document.body.appendChild(document.createElement('div'))
  Object.assign(navigator, { keyboard })
  vi.clearAllMocks()
})

afterEach(() => {
  fill(null)
  document.body.replaceChildren()
})

function withScreen(): void {
  element.requestFullscreen = () => {
    fill(element)
    return Promise.resolve()
  }
  Object.assign(document, {
    exitFullscreen: () => {
      fill(null)
      return Promise.resolve()
    },
  })
}

test('an element fills the screen, and has the keyboard', async () => {
  withScreen()

  const filled = await fullscreen(element)

  expect(filled.kind).toBe('screen')
  expect(keyboard.lock).toHaveBeenCalledOnce()
})

test('the keyboard stays the browser’s where that is wanted', async () => {
  withScreen()

  await fullscreen(element, { keyboardLock: false })

  expect(keyboard.lock).not.toHaveBeenCalled()
})

test('it is over when it is left, and the keyboard is given back', async () => {
  withScreen()
  const filled = await fullscreen(element)

  await filled.exit()
  await filled.over

  expect(keyboard.unlock).toHaveBeenCalledOnce()
})

test('without leave to fill the screen the element fills the window', async () => {
  element.style.width = '50px'
  element.requestFullscreen = () => Promise.reject(new TypeError('no gesture'))

  const filled = await fullscreen(element)
  expect(filled.kind).toBe('window')
  expect(element.style.position).toBe('fixed')
  await filled.exit()

  expect(element.getAttribute('style')).toBe('width: 50px;')
})

test('where there is no fullscreen for elements, as on an iPhone, it fills the window', async () => {
  const filled = await fullscreen(element)

  expect(filled.kind).toBe('window')
})
