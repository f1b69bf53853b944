import { QueryClient } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import type { Session } from '../src/api/sessions.ts'
import {
  catchUp,
  keys,
  laidOver,
  NOTHING_OWED,
  place,
  placeSession,
  placeWorker,
  settle,
  type SessionPages,
} from '../src/api/watched.ts'

function session(id: string, version: number, state: Session['state'] = 'streaming'): Session {
  return { id, version, state } as Session
}

function pages(...sessions: Session[]): SessionPages {
  return { pages: [{ sessions, cursor: null }], pageParams: [null] }
}

test('news of a session takes its place in every list that shows it', () => {
  const shown = laidOver(pages(session('a', 1), session('b', 1)), session('b', 2, 'idle'))

  expect(shown?.pages[0]?.sessions.map(({ state }) => state)).toEqual(['streaming', 'idle'])
})

test('news that comes late changes nothing', () => {
  const shown = laidOver(pages(session('a', 5, 'failed')), session('a', 4))

  expect(shown?.pages[0]?.sessions[0]?.state).toBe('failed')
})

test('where a list does not show the session, lists are asked again, and its timeline always', () => {
  const client = new QueryClient()
  client.setQueryData([...keys.sessions, { live: true }], pages(session('a', 1)))
  client.setQueryData(keys.timeline('a'), {})

  const known = placeSession(client, session('a', 2), NOTHING_OWED)
  const unknown = placeSession(client, session('b', 1), known)
  settle(client, unknown)

  expect([known.lists, unknown.lists]).toEqual([false, true])
  expect([...unknown.timelines]).toEqual(['a', 'b'])
  expect(client.getQueryState([...keys.sessions, { live: true }])?.isInvalidated).toBe(true)
  expect(client.getQueryState(keys.timeline('a'))?.isInvalidated).toBe(true)
})

test('each kind of news lands where it is shown, and unknown kinds nowhere', () => {
  const client = new QueryClient()
  client.setQueryData(keys.workers, { workers: [], pools: [] })
  const sent = (type: string, data: unknown) => ({ type, data: JSON.stringify(data), id: null })

  place(client, sent('overview', { streams: 3 }), NOTHING_OWED)
  place(client, sent('worker', { id: 'w1' }), NOTHING_OWED)
  place(client, sent('pools', { pools: [{ pool: 'default' }] }), NOTHING_OWED)

  expect(client.getQueryData(keys.overview)).toEqual({ streams: 3 })
  expect(client.getQueryData(keys.workers)).toEqual({
    workers: [{ id: 'w1' }],
    pools: [{ pool: 'default' }],
  })
  expect(place(client, sent('news', {}), NOTHING_OWED)).toBe(NOTHING_OWED)
})

test('other scripts that run or wait have the lists of simulations asked again', () => {
  const client = new QueryClient()
  const figures = (running: number, queued: number, streams = 0) =>
    place(
      client,
      {
        type: 'overview',
        data: JSON.stringify({ runs_running: running, runs_queued: queued, streams }),
        id: null,
      },
      NOTHING_OWED,
    )
  client.setQueryData([...keys.simulations, { active: true }], pages())

  const first = figures(0, 2)
  const same = figures(0, 2, 5)
  const started = figures(1, 1)
  const waits = figures(1, 2)
  settle(client, started)

  expect([first, same]).toEqual([NOTHING_OWED, NOTHING_OWED])
  expect([started.simulations, waits.simulations]).toEqual([true, true])
  expect(client.getQueryState([...keys.simulations, { active: true }])?.isInvalidated).toBe(true)
})

test('a worker that was forgotten goes, and after a time without a stream the list is asked again', () => {
  const client = new QueryClient()
  client.setQueryData(keys.workers, { workers: [{ id: 'w1' }, { id: 'w2' }], pools: [] })

  place(client, { type: 'worker_gone', data: '{"id":"w1"}', id: null }, NOTHING_OWED)
  const left = client.getQueryData(keys.workers)
  catchUp(client)

  expect(left).toEqual({ workers: [{ id: 'w2' }], pools: [] })
  expect(client.getQueryState(keys.workers)?.isInvalidated).toBe(true)
})

test('a worker that is new stands after the others', () => {
  const client = new QueryClient()
  client.setQueryData(keys.workers, { workers: [{ id: 'w1', state: 'ready' }] })

  placeWorker(client, { id: 'w1', state: 'draining' } as never)
  placeWorker(client, { id: 'w2', state: 'ready' } as never)

  expect(client.getQueryData(keys.workers)).toEqual({
    workers: [
      { id: 'w1', state: 'draining' },
      { id: 'w2', state: 'ready' },
    ],
  })
})
