// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

/** A worker whose clock is the test's. */
class FakeWorker {
  static made: FakeWorker[] = []
  readonly posted: [number, number][] = []
  onmessage: ((event: { data: number }) => void) | null = null
  onerror: ((event: Event) => void) | null = null

  constructor() {
    FakeWorker.made.push(this)
  }

  postMessage(message: [number, number]): void {
    this.posted.push(message)
  }
}

async function newAlarm(ring: () => void) {
  vi.resetModules()
  const { Alarm } = await import('../../src/rtc/alarm.ts')
  return new Alarm(ring)
}

function see(state: 'hidden' | 'visible'): void {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
}

beforeEach(() => {
  vi.useFakeTimers()
  FakeWorker.made = []
  vi.stubGlobal('Worker', FakeWorker)
  URL.createObjectURL = () => 'blob:clock'
})

afterEach(() => {
  see('visible')
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

test('a page that is seen needs no worker to keep time', async () => {
  const ring = vi.fn()
  const alarm = await newAlarm(ring)

  alarm.set(500)
  vi.advanceTimersByTime(500)

  expect(ring).toHaveBeenCalledOnce()
  expect(FakeWorker.made).toEqual([])
})

test('a hidden page is woken by a worker, once, however late its own timer is', async () => {
  const ring = vi.fn()
  see('hidden')
  const alarm = await newAlarm(ring)

  alarm.set(500)
  FakeWorker.made[0]?.onmessage?.({ data: 0 })
  vi.advanceTimersByTime(60_000)

  expect(FakeWorker.made[0]?.posted[0]).toEqual([0, 500])
  expect(ring).toHaveBeenCalledOnce()
})

test('an alarm that is set anew forgets what it was set to', async () => {
  const ring = vi.fn()
  const alarm = await newAlarm(ring)

  alarm.set(500)
  alarm.set(1_000)
  vi.advanceTimersByTime(999)
  expect(ring).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)

  expect(ring).toHaveBeenCalledOnce()
})

test('an alarm that is cleared does not ring', async () => {
  const ring = vi.fn()
  see('hidden')
  const alarm = await newAlarm(ring)
  alarm.set(500)

  alarm.clear()
  FakeWorker.made[0]?.onmessage?.({ data: 0 })
  vi.advanceTimersByTime(500)

  expect(ring).not.toHaveBeenCalled()
})

test('where a page may have no worker its own timers do', async () => {
  vi.stubGlobal('Worker', undefined)
  const ring = vi.fn()
  see('hidden')
  const alarm = await newAlarm(ring)

  alarm.set(500)
  vi.advanceTimersByTime(500)

  expect(ring).toHaveBeenCalledOnce()
})
