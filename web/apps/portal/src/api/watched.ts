/** Where what is watched lies among the answers that are kept, and how news is laid over it. */
import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { Schemas } from './client.ts'
import type { ServerSent } from './serverSent.ts'

type Session = Schemas['SessionView']
type Worker = Schemas['WorkerView']
type Overview = Schemas['Overview']

/** The names under which answers are kept. */
export const keys = {
  overview: ['overview', 'now'],
  series: ['overview', 'series'],
  sessions: ['sessions'],
  timelines: ['timeline'],
  timeline: (id: string) => ['timeline', id],
  simulations: ['simulations'],
  workers: ['workers'],
  projects: ['projects'],
} as const

/** Pages of a list of sessions, as `useInfiniteQuery` keeps them. */
export type SessionPages = InfiniteData<Schemas['Page'], string | null>

/** What is to be asked again, gathered so that many news of one moment ask once. */
export interface Owed {
  readonly lists: boolean
  readonly simulations: boolean
  readonly timelines: ReadonlySet<string>
}

export const NOTHING_OWED: Owed = { lists: false, simulations: false, timelines: new Set() }

/** Lays one event of the live feed over what is known; returns what is then still to be asked. */
export function place(client: QueryClient, { type, data }: ServerSent, owed: Owed): Owed {
  switch (type) {
    case 'overview':
      return placeOverview(client, JSON.parse(data) as Overview, owed)
    case 'session':
      return placeSession(client, JSON.parse(data) as Session, owed)
    case 'worker':
      placeWorker(client, JSON.parse(data) as Worker)
      return owed
    case 'worker_gone':
      forgetWorker(client, (JSON.parse(data) as Pick<Worker, 'id'>).id)
      return owed
    case 'pools':
      placePools(client, JSON.parse(data) as Pick<Schemas['Workers'], 'pools'>)
      return owed
    default:
      return owed
  }
}

/** Asks again what news made doubtful. */
export function settle(client: QueryClient, owed: Owed): void {
  if (owed.lists) void client.invalidateQueries({ queryKey: keys.sessions })
  if (owed.simulations) void client.invalidateQueries({ queryKey: keys.simulations })
  for (const id of owed.timelines) void client.invalidateQueries({ queryKey: keys.timeline(id) })
}

/** Asks everything again that a stream keeps, after a time without one. */
export function catchUp(client: QueryClient): void {
  const { sessions, simulations, timelines, series, workers } = keys
  for (const queryKey of [sessions, simulations, timelines, series, workers]) {
    void client.invalidateQueries({ queryKey })
  }
}

/** Takes the account's figures; other scripts that run or wait mean other simulations. */
export function placeOverview(client: QueryClient, now: Overview, owed: Owed): Owed {
  const before = client.getQueryData<Overview>(keys.overview)
  client.setQueryData(keys.overview, now)
  const isSame =
    before === undefined ||
    (before.runs_running === now.runs_running && before.runs_queued === now.runs_queued)
  return isSame ? owed : { ...owed, simulations: true }
}

/** Lays a session's news over the lists that show it; one that does not may have it now. */
export function placeSession(client: QueryClient, session: Session, owed: Owed): Owed {
  const lists = client.getQueriesData<SessionPages>({ queryKey: keys.sessions })
  client.setQueriesData<SessionPages>({ queryKey: keys.sessions }, (pages) =>
    laidOver(pages, session),
  )
  return {
    ...owed,
    lists: owed.lists || lists.some(([, pages]) => !holds(pages, session.id)),
    timelines: new Set(owed.timelines).add(session.id),
  }
}

/** Lays a worker's news over the list of workers. */
export function placeWorker(client: QueryClient, worker: Worker): void {
  client.setQueryData<Schemas['Workers']>(keys.workers, (found) => {
    if (found === undefined) return undefined
    const isKnown = found.workers.some(({ id }) => id === worker.id)
    const workers = found.workers.map((one) => (one.id === worker.id ? worker : one))
    return { ...found, workers: isKnown ? workers : [...workers, worker] }
  })
}

/** Takes a worker that is not there any more off the list of workers. */
function forgetWorker(client: QueryClient, gone: string): void {
  client.setQueryData<Schemas['Workers']>(
    keys.workers,
    (found) => found && { ...found, workers: found.workers.filter(({ id }) => id !== gone) },
  )
}

function placePools(client: QueryClient, { pools }: Pick<Schemas['Workers'], 'pools'>): void {
  client.setQueryData<Schemas['Workers']>(keys.workers, (found) => found && { ...found, pools })
}

/** Returns the pages with a session as it is now, where they hold it. */
export function laidOver(
  pages: SessionPages | undefined,
  session: Session,
): SessionPages | undefined {
  if (!holds(pages, session.id)) return pages
  return {
    ...pages,
    pages: pages.pages.map((page) => ({
      ...page,
      sessions: page.sessions.map((one) => (one.id === session.id ? newer(one, session) : one)),
    })),
  }
}

function newer(old: Session, session: Session): Session {
  return old.version > session.version ? old : session
}

function holds(pages: SessionPages | undefined, id: string): pages is SessionPages {
  return pages?.pages.some(({ sessions }) => sessions.some((one) => one.id === id)) ?? false
}
