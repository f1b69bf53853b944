import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { reloadOnceReached } from '../src/app/reload.ts'

const signal = () => new AbortController().signal

beforeEach(() => {
  vi.useFakeTimers()
  sessionStorage.clear()
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a page that did not come is loaded anew once a gateway answers, and not before', async () => {
  const asked = vi.fn<typeof fetch>().mockRejectedValueOnce(new TypeError('refused'))
  asked.mockResolvedValueOnce(new Response(null, { status: 502 }))
  asked.mockResolvedValue(new Response('ok'))
  vi.stubGlobal('fetch', asked)
  const reload = vi.fn()

  const over = reloadOnceReached(signal(), reload)
  await vi.advanceTimersByTimeAsync(2_000)
  expect([asked.mock.calls.length, reload.mock.calls.length]).toEqual([2, 0])
  await vi.advanceTimersByTimeAsync(2_000)
  await over

  expect(reload).toHaveBeenCalledOnce()
})

test('a page that does not come for another reason is not loaded over and over', async () => {
  vi.stubGlobal('fetch', vi.fn<typeof fetch>().mockResolvedValue(new Response('ok')))
  const reload = vi.fn()

  await reloadOnceReached(signal(), reload)
  await reloadOnceReached(signal(), reload)
  await vi.advanceTimersByTimeAsync(61_000)
  expect(reload).toHaveBeenCalledOnce()
  await reloadOnceReached(signal(), reload)

  expect(reload).toHaveBeenCalledTimes(2)
})
