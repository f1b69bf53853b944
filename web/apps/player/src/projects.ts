/** The projects a visitor may see, from the gateway this page came from. */
import type { ProjectView } from '@diorama/sdk'

import { learnClock } from './facts.ts'

const ANSWER_WITHIN_MS = 10_000

/** Returns one project, or null where the gateway does not show it. */
export async function readProject(name: string): Promise<ProjectView | null> {
  const response = await ask(`/v1/projects/${encodeURIComponent(name)}`)
  return response.ok ? ((await response.json()) as ProjectView) : null
}

/** Returns all projects of the first page; throws where the gateway does not answer. */
export async function readProjects(): Promise<readonly ProjectView[]> {
  const response = await ask('/v1/projects')
  if (!response.ok) throw new Error(`the gateway answered ${response.status}`)
  const list = (await response.json()) as { readonly projects: readonly ProjectView[] }
  return list.projects
}

/** Returns what a person calls a project. */
export function titleOf({ name, title }: ProjectView): string {
  return title === undefined || title === '' ? name : title
}

async function ask(path: string): Promise<Response> {
  const response = await fetch(path, {
    headers: { Accept: 'application/json' },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  })
  learnClock(response.headers, Date.now())
  return response
}

/** Returns the project a player page is for, and whether the page is the one for frames. */
export function projectOfPath(path: string): { project: string; framed: boolean } {
  const [, page, found = ''] = /^\/(play|embed)\/([^/]+)\/?$/.exec(path) ?? []
  const framed = page === 'embed'
  try {
    return { project: decodeURIComponent(found), framed }
  } catch {
    return { project: found, framed }
  }
}
