import { expect, test } from 'vitest'

import { iceServersIn } from '../../src/core/links.ts'

test('the ICE servers of all links are found, with what opens them', () => {
  const header =
    '<stun:stun.example.com:3478>; rel="ice-server", ' +
    '<turn:turn.example.com?transport=udp>; rel="ice-server"; username="1893499800:ses_1.spe_2"; ' +
    'credential="a+b/c="; credential-type="password"'

  expect(iceServersIn(header)).toEqual([
    { urls: 'stun:stun.example.com:3478' },
    {
      urls: 'turn:turn.example.com?transport=udp',
      username: '1893499800:ses_1.spe_2',
      credential: 'a+b/c=',
    },
  ])
})

test('links to other things are none', () => {
  expect(iceServersIn('</v1/sessions>; rel="next"')).toEqual([])
  expect(iceServersIn('')).toEqual([])
})
