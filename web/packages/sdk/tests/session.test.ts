// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { endOf } from '../src/core/ends.ts'
import {
  connect,
  type ConnectOptions,
  type DioramaSession,
  hold,
  MessageRefused,
  OptionRefused,
} from '../src/index.ts'
import { sessionView } from './core/story.ts'
import { FakeGateway } from './gateway.ts'

let gateway: FakeGateway
let session: DioramaSession

async function open(options: Partial<ConnectOptions> = {}): Promise<void> {
  session = connect({ project: 'cove', ...options })
  await pass(5)
}

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms)
}

function see(state: 'hidden' | 'visible'): void {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
  document.dispatchEvent(new Event('visibilitychange'))
}

function turnPage(name: 'pagehide' | 'pageshow'): void {
  window.dispatchEvent(Object.assign(new Event(name), { persisted: true }))
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('__dioramaSessions', undefined)
  vi.stubGlobal('isSecureContext', true)
  gateway = new FakeGateway().install()
})

afterEach(async () => {
  see('visible')
  void session.disconnect()
  await pass(5)
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

test('a browser without WebRTC is told so at once, and nothing is asked for', async () => {
  vi.stubGlobal('RTCPeerConnection', undefined)
  Reflect.deleteProperty(globalThis, 'RTCPeerConnection')
  const asked = vi.spyOn(globalThis, 'fetch')

  await open({ autoRestart: true })

  expect(session.end).toMatchObject({
    code: 4005,
    reason: 'webrtc_missing',
    doing: 'viewer',
    retry: 'never',
    message: 'This browser shows no live video: WebRTC is missing, or switched off.',
  })
  expect(asked).not.toHaveBeenCalled()
})

test('an option that cannot be is told to who asks, before anything is sent', () => {
  expect(() => connect({ project: 'cove', server: 'worlds.example' })).toThrow(OptionRefused)
  expect(() => hold({})).toThrow('name a project, or give a ticket')
})

test('a server with a slash behind it is the same', async () => {
  await open({ server: 'http://127.0.0.1:8080/' })

  expect(session.server).toBe('http://127.0.0.1:8080')
  expect(connect({ project: 'cove', server: 'http://127.0.0.1:8080' })).toBe(session)
})

test('a page is told whether what it shows is recorded', async () => {
  await open()
  const before = session.recorded

  gateway.socket.tell({ type: 'session', session: sessionView({ version: 2, recorded: true }) })
  await pass(5)

  expect([before, session.recorded]).toEqual([false, true])
})

describe('one session a page', () => {
  test('however often it is asked for', async () => {
    await open()

    expect(connect({ project: 'cove' })).toBe(session)
    expect(gateway.posts).toHaveLength(1)
  })

  test('what the page asked for itself outlives its components', async () => {
    await open()
    const held = hold({ project: 'cove' })

    held.release()
    await pass(100)

    expect(gateway.ended).toBe(0)
  })

  test('a component that lets go twice lets go once', async () => {
    const one = hold({ project: 'cove' })
    const other = hold({ project: 'cove' })
    session = one.session

    one.release()
    one.release()
    await pass(100)
    expect(session.ended).toBe(false)
    other.release()
    await pass(100)

    expect(session.ended).toBe(true)
  })
})

describe('what goes with the request', () => {
  test('shorter times for a viewer who does nothing', async () => {
    await open({ afk: { warnAfterS: 60, disconnectAfterS: 10 } })

    expect(gateway.posts[0]?.['afk']).toEqual({ warn_after_s: 60, disconnect_after_s: 10 })
  })

  test('none, where none are asked for', async () => {
    await open()

    expect(gateway.posts[0]).not.toHaveProperty('afk')
  })

  test('a ticket that is fetched for it', async () => {
    await open({ token: () => Promise.resolve('fresh') })

    expect(gateway.headers[0]?.get('Authorization')).toBe('Bearer fresh')
  })

  test('a ticket, which names the project as well', async () => {
    const claims = btoa(JSON.stringify({ ticket: { project: 'cove' } })).replaceAll('=', '')
    const ticket = `dtk_head.${claims}.signature`
    session = connect({ ticket })
    await pass(5)

    expect(session.project).toBe('cove')
    expect(gateway.posts[0]).toMatchObject({ project: 'cove' })
    expect(gateway.headers[0]?.get('Authorization')).toBe(`Bearer ${ticket}`)
  })

  test('the secret of a share link, in the body', async () => {
    await open({ share: 'dsh_secret' })

    expect(gateway.posts[0]).toMatchObject({ share: 'dsh_secret' })
    expect(gateway.headers[0]?.get('Authorization')).toBeNull()
  })

  test('a ticket that is fetched anew for each request', async () => {
    let number = 0
    await open({ getTicket: () => Promise.resolve(`ticket ${++number}`) })
    void session.disconnect()
    await pass(5)
    await open({ getTicket: () => Promise.resolve(`ticket ${++number}`) })

    const sent = gateway.headers.map((headers) => headers.get('Authorization'))
    expect(sent).toEqual(['Bearer ticket 1', 'Bearer ticket 2'])
  })

  test('nothing, where neither a project nor a ticket is named', () => {
    expect(() => connect({})).toThrow(TypeError)
    expect(() => connect({ ticket: 'nonsense' })).toThrow(TypeError)
  })

  test('a ticket that cannot be fetched is told, and fetched again', async () => {
    const errors: string[] = []
    const token = vi.fn(() => Promise.reject(new Error('the backend is down')))
    session = connect({ project: 'cove', token })
    session.on('error', ({ code }) => errors.push(code))
    await pass(1_100)

    expect(errors).toEqual(['no_token', 'no_token'])
    expect(gateway.posts).toHaveLength(0)
  })
})

describe('a page that the browser keeps', () => {
  test('ends its session when it is left, and has one again when it returns', async () => {
    await open()
    gateway.socket.welcome(sessionView())
    await pass(5)
    const ended = vi.fn()
    session.on('ended', ended)

    turnPage('pagehide')
    await pass(5)
    expect(gateway.ended).toBeGreaterThan(0)
    turnPage('pageshow')
    await pass(5)

    expect(gateway.posts).toHaveLength(2)
    expect(gateway.sockets).toHaveLength(2)
    expect(ended).not.toHaveBeenCalled()
  })

  test('asks under a new idempotency key', async () => {
    await open()
    turnPage('pagehide')
    turnPage('pageshow')
    await pass(5)

    const keys = gateway.headers.map((headers) => headers.get('Idempotency-Key'))

    expect(new Set(keys).size).toBe(2)
  })
})

describe('a hidden page', () => {
  test('keeps its session unless it says otherwise', async () => {
    await open()
    gateway.socket.welcome(sessionView())
    await pass(5)

    see('hidden')
    await pass(600_000)

    expect(session.ended).toBe(false)
  })

  test('ends its session after the time it has', async () => {
    await open({ whenHidden: 'disconnect', hiddenForS: 30 })
    gateway.socket.welcome(sessionView())
    await pass(5)

    see('hidden')
    await pass(29_900)
    expect(session.ended).toBe(false)
    await pass(200)

    expect(session.end?.code).toBe(1000)
  })
})

describe('a session that ends', () => {
  const end = endOf(4006, null, null)

  test('is told once, with how', async () => {
    await open()
    const ended = vi.fn()
    session.on('ended', ended)

    gateway.socket.welcome(sessionView({ state: 'failed', version: 3, end }))
    await pass(5)

    expect(ended).toHaveBeenCalledOnce()
    expect(session.end).toEqual({ ...end, problem: null })
  })

  test('is followed by a new one where that is wanted, by the same object', async () => {
    await open({ autoRestart: true })
    const restarting = vi.fn()
    session.on('restarting', restarting)

    gateway.socket.welcome(sessionView({ state: 'failed', version: 3, end }))
    await pass(50)

    expect(restarting).toHaveBeenCalledOnce()
    expect(gateway.posts).toHaveLength(2)
    expect(connect({ project: 'cove' })).toBe(session)
  })
})

describe('messages', () => {
  test('are not taken while there is no world', async () => {
    await open()

    expect(await session.send({ hello: 1 })).toBe(false)
  })

  test('that no world could take are refused all the same', async () => {
    await open()

    await expect(session.send('x'.repeat(20_000))).rejects.toBeInstanceOf(MessageRefused)
  })
})

describe('diagnostics', () => {
  test('say what is wrong, what happened, and no secret', async () => {
    await open({ token: 'a-secret-ticket' })
    gateway.socket.welcome(sessionView({ state: 'queued', queue: { position: 1, length: 1 } }))
    await pass(5)

    const found = await session.getDiagnostics()
    const text = JSON.stringify(found)

    expect(found.verdict).toBe('No slot is free: number 1 of 1 in line.')
    expect(found.timeline.map(({ what }) => what)).toContain('request answered')
    expect(JSON.parse(text)).toMatchObject({ project: 'cove', session: { id: 'ses_1' } })
    expect(text).not.toContain('a-secret-ticket')
    expect(text).not.toContain('a token')
  })
})
