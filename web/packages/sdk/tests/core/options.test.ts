import { expect, test } from 'vitest'

import { checkOptions, type Given, OptionRefused, originOf } from '../../src/core/options.ts'

function refusalOf(ask: () => unknown): [string, string] | null {
  try {
    ask()
    return null
  } catch (error) {
    if (error instanceof OptionRefused) return [error.code, error.message]
    throw error
  }
}

test.each<[Given, string, string]>([
  [{ project: '' }, 'project', "project: '' is no name of a project"],
  [{ project: 7 }, 'project', 'project: 7 is no name of a project'],
  [{ clientId: 'ann' }, 'clientId', 'clientId: 16 to 64 letters, digits, - and _'],
  [{ afk: { warnAfterS: 0 } }, 'afk', 'afk.warnAfterS: 0 is not 1 to 7200 seconds'],
  [{ afk: { disconnectAfterS: '9' } }, 'afk', "afk.disconnectAfterS: '9' is not 1 to 7200 seconds"],
  [{ hiddenForS: NaN }, 'hiddenForS', 'hiddenForS: NaN is no time in seconds'],
  [
    { whenHidden: 'stop' },
    'whenHidden',
    "whenHidden: 'stop' is none of keep, pause_input, disconnect",
  ],
  [
    { iceTransportPolicy: 'turn' },
    'iceTransportPolicy',
    "iceTransportPolicy: 'turn' is none of all, relay",
  ],
])('an option that cannot be is told by its name: %j', (given, code, message) => {
  expect(
    refusalOf(() => {
      checkOptions(given)
    }),
  ).toEqual([code, message])
})

test('what can be passes, and what is undefined was not given', () => {
  checkOptions({})
  checkOptions({ project: undefined, clientId: undefined, afk: undefined, hiddenForS: undefined })
  checkOptions({
    project: 'cove',
    clientId: 'a'.repeat(16),
    afk: { warnAfterS: 1, disconnectAfterS: 7_200 },
    hiddenForS: 0,
    whenHidden: 'pause_input',
    iceTransportPolicy: 'relay',
  })
})

test.each([
  [undefined, 'https://page.example'],
  ['', 'https://page.example'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
])('a server is an origin, the page’s own unless given: %j', (server, origin) => {
  expect(originOf(server, 'https://page.example')).toBe(origin)
})

test.each(['worlds.example', 'ws://worlds.example', 'https://worlds.example/v1', '/'])(
  'what is no origin is refused: %s',
  (server) => {
    expect(refusalOf(() => originOf(server, 'https://page.example'))?.[0]).toBe('server')
  },
)
