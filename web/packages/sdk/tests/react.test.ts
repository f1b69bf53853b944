// @vitest-environment jsdom
import { act, createElement, StrictMode, useState } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { type Diorama, useDiorama, type UseDioramaOptions } from '../src/react.ts'
import { sessionView } from './core/story.ts'
import { FakeGateway } from './gateway.ts'

let gateway: FakeGateway
let root: Root
let seen: Diorama

function World(options: UseDioramaOptions) {
  seen = useDiorama(options)
  return createElement('video', { ref: seen.videoRef })
}

async function render(element: ReturnType<typeof createElement> | null): Promise<void> {
  act(() => {
    root.render(element)
  })
  await pass(5)
}

async function pass(ms: number): Promise<void> {
  await act(() => vi.advanceTimersByTimeAsync(ms))
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  vi.stubGlobal('__dioramaSessions', undefined)
  gateway = new FakeGateway().install()
  root = createRoot(document.body.appendChild(document.createElement('div')))
})

afterEach(async () => {
  act(() => {
    root.unmount()
  })
  await pass(5)
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('useDiorama', () => {
  test('a mounted component has one session', async () => {
    await render(createElement(World, { project: 'cove' }))

    expect(gateway.posts.map(({ project }) => project)).toEqual(['cove'])
    expect(seen.state).toBe('connecting')
  })

  test('the double mount of StrictMode makes one session and ends none', async () => {
    await render(createElement(StrictMode, null, createElement(World, { project: 'cove' })))
    await pass(100)

    expect(gateway.posts).toHaveLength(1)
    expect(gateway.ended).toBe(0)
  })

  test('a component that is taken down ends its session', async () => {
    await render(createElement(World, { project: 'cove' }))

    await render(null)
    await pass(1)

    expect(gateway.ended).toBe(1)
  })

  test('a component put up again in the same task goes on with the same session', async () => {
    await render(createElement(World, { project: 'cove', key: 'first' }))
    const before = seen.session

    await render(createElement(World, { project: 'cove', key: 'second' }))
    await pass(100)

    expect(seen.session).toBe(before)
    expect(gateway.posts).toHaveLength(1)
    expect(gateway.ended).toBe(0)
  })

  test('of two components with one session the first to go ends nothing', async () => {
    const two = [
      createElement(World, { project: 'cove', key: 'one' }),
      createElement(World, { project: 'cove', key: 'two' }),
    ]
    await render(createElement('div', null, two))

    await render(createElement('div', null, two.slice(0, 1)))
    await pass(100)

    expect(gateway.posts).toHaveLength(1)
    expect(gateway.ended).toBe(0)
  })

  test('another project is another session, and the first one ends', async () => {
    await render(createElement(World, { project: 'cove' }))

    await render(createElement(World, { project: 'mesa' }))
    await pass(1)

    expect(gateway.posts.map(({ project }) => project)).toEqual(['cove', 'mesa'])
    expect(gateway.ended).toBe(1)
  })

  test('nothing is asked for until it is enabled', async () => {
    await render(createElement(World, { project: 'cove', enabled: false }))
    expect(gateway.posts).toHaveLength(0)
    expect(seen.session).toBeNull()

    await render(createElement(World, { project: 'cove', enabled: true }))

    expect(gateway.posts).toHaveLength(1)
  })

  test('the place in line is rendered when it changes', async () => {
    await render(createElement(World, { project: 'cove' }))
    const queued = { state: 'queued' as const, version: 2 }
    const socket = gateway.socket

    socket.welcome(sessionView({ ...queued, queue: { position: 2, length: 3 } }))
    await pass(1)
    expect(seen.queue).toEqual({ position: 2, length: 3 })
    socket.tell({
      type: 'session',
      session: sessionView({ ...queued, queue: { position: 1, length: 2 } }),
    })
    await pass(1)

    expect(seen.queue?.position).toBe(1)
  })

  test('after the end a new session is opened when it is asked for', async () => {
    await render(createElement(World, { project: 'cove' }))
    void seen.disconnect()
    await pass(5)
    expect(seen.end?.code).toBe(1000)

    act(seen.restart)
    await pass(5)

    expect(gateway.posts).toHaveLength(2)
    expect(seen.end).toBeNull()
  })

  test('a component that renders often asks once', async () => {
    let again: (n: number) => void = () => undefined
    function Busy() {
      const [n, setN] = useState(0)
      again = setN
      return createElement(World, { project: 'cove', token: `ticket ${n}`, input: {} })
    }
    await render(createElement(Busy))

    for (const n of [1, 2, 3]) {
      act(() => {
        again(n)
      })
      await pass(5)
    }

    expect(gateway.posts).toHaveLength(1)
    expect(gateway.ended).toBe(0)
  })
})
