import { describe, expect, test } from 'vitest'

import { endedBy, nextStep } from '../../src/core/watching.ts'

describe('somebody who watches', () => {
  test.each(['session_not_live', 'worker_silent', 'rate_limited'])(
    'asks again after %s, which passes',
    (code) => {
      expect(nextStep({ type: 'refused', status: 409, code }, 1, 12)).toEqual({ type: 'again' })
    },
  )

  test.each(['session_ended', 'spectator_revoked', 'spectator_limit', 'token_refused'])(
    'is told of %s, and asks no more',
    (code) => {
      const next = nextStep({ type: 'refused', status: 403, code }, 1, 12)

      expect(next).toEqual({ type: 'over', ended: endedBy(code) })
    },
  )

  test.each(['lost', 'not_connected', 'not_answered'])('comes back after %s', (reason) => {
    expect(nextStep({ type: 'gone', reason }, 1, 12)).toEqual({ type: 'again' })
  })

  test.each(['replaced', 'revoked', 'session_ended'])('does not come back after %s', (reason) => {
    expect(nextStep({ type: 'gone', reason }, 1, 12)).toEqual({
      type: 'over',
      ended: endedBy(reason),
    })
  })

  test('gives up in the end', () => {
    expect(nextStep({ type: 'unanswered' }, 11, 12)).toEqual({ type: 'again' })
    expect(nextStep({ type: 'unanswered' }, 12, 12)).toEqual({
      type: 'over',
      ended: endedBy('spectator_lost'),
    })
  })

  test('asks again of a gateway that is in trouble', () => {
    const heard = { type: 'refused', status: 502, code: 'refused' } as const

    expect(nextStep(heard, 1, 12)).toEqual({ type: 'again' })
  })
})
