// @vitest-environment jsdom
import { beforeEach, describe, expect, test, vi } from 'vitest'

import { Screen } from '../../src/rtc/screen.ts'

/** A video element whose browser plays sound only once `allowed`. */
class Video {
  readonly element = document.createElement('video')
  allowed = false

  constructor(muted = false) {
    let silent = muted
    let paused = true
    Object.defineProperties(this.element, {
      srcObject: { value: null, writable: true },
      paused: { get: () => paused },
      muted: {
        get: () => silent,
        set: (value: boolean) => {
          if (value === silent) return
          silent = value
          this.element.dispatchEvent(new Event('volumechange'))
        },
      },
    })
    this.element.play = () => {
      if (!silent && !this.allowed) {
        return Promise.reject(new DOMException('no gesture yet', 'NotAllowedError'))
      }
      paused = false
      return Promise.resolve()
    }
  }
}

function stream(sound: boolean): MediaStream {
  const tracks = { getVideoTracks: () => [], getAudioTracks: () => (sound ? [{}] : []) }
  return Object.assign(new EventTarget(), tracks) as unknown as MediaStream
}

async function settle(): Promise<void> {
  await vi.waitFor(() => Promise.resolve())
  for (let turns = 0; turns < 5; turns += 1) await Promise.resolve()
}

let blocked: number
let told: boolean[]

function screen(muted: boolean | null): Screen {
  return new Screen(muted, {
    onBlocked: () => {
      blocked += 1
    },
    onMuted: (now) => told.push(now),
  })
}

beforeEach(() => {
  blocked = 0
  told = []
})

describe('sound that the browser does not allow yet', () => {
  test('is told, the picture plays without, and the next gesture brings it', async () => {
    const video = new Video()
    const shown = screen(false)
    shown.attach(video.element)

    shown.show(stream(true))
    await settle()
    expect([blocked, shown.muted, shown.soundBlocked]).toEqual([1, true, true])
    expect(video.element.paused).toBe(false)

    video.allowed = true
    window.dispatchEvent(new Event('pointerup'))
    await settle()

    expect([shown.muted, shown.soundBlocked]).toEqual([false, false])
    expect(told).toEqual([true, false])
  })

  test('waits on where a gesture was not enough', async () => {
    const video = new Video()
    const shown = screen(false)
    shown.attach(video.element)
    shown.show(stream(true))
    await settle()

    window.dispatchEvent(new Event('keydown'))
    await settle()

    expect(shown.soundBlocked).toBe(true)
    expect(video.element.paused).toBe(false)
  })

  test('is not told of a stream that has none', async () => {
    const shown = screen(false)
    shown.attach(new Video().element)

    shown.show(stream(false))
    await settle()

    expect([blocked, shown.soundBlocked]).toEqual([0, false])
  })

  test('is wanted no more when it is turned off', async () => {
    const video = new Video()
    const shown = screen(false)
    shown.attach(video.element)
    shown.show(stream(true))
    await settle()

    shown.setMuted(true)
    video.allowed = true
    window.dispatchEvent(new Event('pointerup'))
    await settle()

    expect(shown.muted).toBe(true)
  })
})

describe('sound', () => {
  test('that is not wanted is not tried', async () => {
    const shown = screen(true)
    shown.attach(new Video().element)

    shown.show(stream(true))
    await settle()

    expect([blocked, shown.muted]).toEqual([0, true])
  })

  test('is as the element has it, unless the page says', () => {
    const shown = screen(null)
    shown.attach(new Video(true).element)

    expect(shown.muted).toBe(true)
  })

  test('is turned on where the browser allows it', async () => {
    const video = new Video(true)
    video.allowed = true
    const shown = screen(null)
    shown.attach(video.element)
    shown.show(stream(true))
    await settle()

    shown.setMuted(false)
    await settle()

    expect([blocked, shown.muted]).toEqual([0, false])
    expect(told).toEqual([false])
  })

  test('that the viewer turns off by the browser’s own controls stays off', async () => {
    const video = new Video()
    video.allowed = true
    const shown = screen(false)
    shown.attach(video.element)
    shown.show(stream(true))
    await settle()

    video.element.muted = true
    const other = new Video()
    shown.attach(other.element)

    expect(told).toEqual([true])
    expect(other.element.muted).toBe(true)
  })
})

describe('the picture', () => {
  test('goes with the session to another element', () => {
    const [one, other] = [new Video(true), new Video(true)]
    const shown = screen(true)
    const found = stream(false)
    shown.attach(one.element)
    shown.show(found)

    shown.attach(other.element)

    expect([one.element.srcObject, other.element.srcObject]).toEqual([null, found])
  })

  test('plays on when the page is seen again', async () => {
    const video = new Video(true)
    const shown = screen(true)
    shown.attach(video.element)
    expect(shown.shows).toBe('paused')

    shown.show(stream(false))
    await settle()
    shown.resume()

    expect(shown.shows).toBe('playing')
  })
})
