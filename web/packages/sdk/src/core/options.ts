/** Whether what a page asks for can be had at all: told where it asks, before anything is sent. */

/** Source: diorama.protocol.requests, CLIENT_ID and AskedAfk. */
const CLIENT_ID = /^[A-Za-z0-9_-]{16,64}$/
const MOST_AFK_S = 7_200

export type OptionCode =
  'project' | 'server' | 'clientId' | 'afk' | 'whenHidden' | 'hiddenForS' | 'iceTransportPolicy'

/** An option that cannot be: the page's own mistake, so it is thrown. `code` names the option. */
export class OptionRefused extends TypeError {
  override readonly name = 'OptionRefused'
  readonly code: OptionCode

  constructor(code: OptionCode, message: string) {
    super(message)
    this.code = code
  }
}

/** What pages written in JavaScript, or fed by an environment, may hand over. */
export interface Given {
  readonly project?: unknown
  readonly clientId?: unknown
  readonly afk?: unknown
  readonly whenHidden?: unknown
  readonly hiddenForS?: unknown
  readonly iceTransportPolicy?: unknown
}

/** Raises OptionRefused for the first option that cannot be. What is undefined was not given. */
export function checkOptions(given: Given): void {
  const { project, clientId, afk, hiddenForS } = given
  if (project !== undefined && (typeof project !== 'string' || project === '')) {
    throw new OptionRefused('project', `project: ${shown(project)} is no name of a project`)
  }
  if (clientId !== undefined && !(typeof clientId === 'string' && CLIENT_ID.test(clientId))) {
    throw new OptionRefused('clientId', 'clientId: 16 to 64 letters, digits, - and _')
  }
  for (const [name, seconds] of Object.entries(afk ?? {})) checkAfk(name, seconds)
  if (hiddenForS !== undefined && !(typeof hiddenForS === 'number' && hiddenForS >= 0)) {
    throw new OptionRefused('hiddenForS', `hiddenForS: ${shown(hiddenForS)} is no time in seconds`)
  }
  checkChoice('whenHidden', given.whenHidden, ['keep', 'pause_input', 'disconnect'])
  checkChoice('iceTransportPolicy', given.iceTransportPolicy, ['all', 'relay'])
}

/** Returns the origin that `server` names, or the page's. Raises OptionRefused where it is none. */
export function originOf(server: string | undefined, page: string): string {
  if (server === undefined || server === '') return page
  const url = URL.canParse(server) ? new URL(server) : null
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.pathname !== '/') {
    const wanted = 'must be an origin, such as https://worlds.example or http://127.0.0.1:8080'
    throw new OptionRefused('server', `server: ${shown(server)} ${wanted}`)
  }
  return url.origin
}

function checkAfk(name: string, seconds: unknown): void {
  if (seconds === undefined) return
  if (typeof seconds === 'number' && seconds >= 1 && seconds <= MOST_AFK_S) return
  throw new OptionRefused('afk', `afk.${name}: ${shown(seconds)} is not 1 to ${MOST_AFK_S} seconds`)
}

function checkChoice(code: OptionCode, given: unknown, choices: readonly string[]): void {
  if (given === undefined || choices.some((choice) => choice === given)) return
  throw new OptionRefused(code, `${code}: ${shown(given)} is none of ${choices.join(', ')}`)
}

function shown(given: unknown): string {
  return typeof given === 'string' ? `'${given}'` : String(given)
}
