// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import type { DioramaStreamElement } from '../src/element.ts'
import { sessionView } from './core/story.ts'
import { FakeGateway } from './gateway.ts'

let gateway: FakeGateway

beforeEach(async () => {
  vi.useFakeTimers()
  vi.stubGlobal('__dioramaSessions', undefined)
  gateway = new FakeGateway().install()
  await import('../src/element.ts')
})

afterEach(async () => {
  document.body.replaceChildren()
  await vi.advanceTimersByTimeAsync(1)
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

async function putUp(attributes: Record<string, string>): Promise<DioramaStreamElement> {
  const element = document.createElement('diorama-stream')
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  document.body.append(element)
  await vi.advanceTimersByTimeAsync(1)
  return element
}

describe('<diorama-stream>', () => {
  test('an element in a page has a session of its project, at its server', async () => {
    const element = await putUp({ project: 'cove', region: 'north' })

    expect(gateway.posts).toMatchObject([{ project: 'cove', region: 'north' }])
    expect(element.getAttribute('state')).toBe('connecting')
  })

  test('an element whose media may go by relays alone makes such a connection', async () => {
    const made: RTCConfiguration[] = []
    vi.stubGlobal('RTCPeerConnection', function (this: unknown, given: RTCConfiguration) {
      made.push(given)
      throw new Error('there is no media in this test')
    })
    await putUp({ project: 'cove', 'ice-transport-policy': 'relay' })
    gateway.socket.welcome(sessionView({ id: 'ses_1', attachment: 1 }))

    gateway.socket.tell({ type: 'offer', attachment: 1, sdp: 'v=0' })
    await vi.advanceTimersByTimeAsync(1).catch(() => undefined)

    expect(made).toMatchObject([{ iceTransportPolicy: 'relay' }])
  })

  test('an element without a project asks for nothing', async () => {
    const element = await putUp({})

    expect(gateway.posts).toHaveLength(0)
    expect(element.session).toBeNull()
  })

  test('an element that is taken away ends its session', async () => {
    const element = await putUp({ project: 'cove' })

    element.remove()
    await vi.advanceTimersByTimeAsync(1)

    expect(gateway.ended).toBe(1)
    expect(element.session).toBeNull()
  })

  test('an element that is moved goes on with its session', async () => {
    const element = await putUp({ project: 'cove' })

    document.body.appendChild(document.createElement('main')).append(element)
    await vi.advanceTimersByTimeAsync(100)

    expect(gateway.posts).toHaveLength(1)
    expect(gateway.ended).toBe(0)
  })

  test('two attributes that change together make one new session', async () => {
    const element = await putUp({ project: 'cove' })

    element.setAttribute('project', 'mesa')
    element.setAttribute('region', 'south')
    await vi.advanceTimersByTimeAsync(1)

    expect(gateway.posts).toMatchObject([{ project: 'cove' }, { project: 'mesa', region: 'south' }])
    expect(gateway.ended).toBe(1)
  })

  test('events of the session are events of the element', async () => {
    const element = await putUp({ project: 'cove' })
    const seen: unknown[] = []
    element.addEventListener('diorama-queue', (event) => seen.push(event.detail))

    gateway.socket.welcome(
      sessionView({ state: 'queued', version: 2, queue: { position: 1, length: 1 } }),
    )
    await vi.advanceTimersByTimeAsync(1)

    expect(seen).toEqual([{ position: 1, length: 1 }])
    expect(element.getAttribute('state')).toBe('queued')
  })

  test('a token goes with the request, in a header', async () => {
    const element = document.createElement('diorama-stream')
    element.token = 'a ticket'
    element.setAttribute('project', 'cove')
    document.body.append(element)
    await vi.advanceTimersByTimeAsync(1)

    expect(gateway.headers.at(-1)?.get('Authorization')).toBe('Bearer a ticket')
  })

  test('muted is the video element’s', async () => {
    const element = await putUp({ project: 'cove', muted: '' })
    expect(element.video.muted).toBe(true)

    element.removeAttribute('muted')

    expect(element.video.muted).toBe(false)
  })

  test('the page styles the video and what lies over it by their parts', async () => {
    const element = await putUp({ project: 'cove' })
    const parts = [...(element.shadowRoot?.querySelectorAll('[part]') ?? [])]

    expect(parts.map((part) => part.getAttribute('part'))).toEqual(['video', 'overlay'])
  })
})
