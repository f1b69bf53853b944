/** The stories that the Python SDK's reducer is told as well: see tests/client/core/story.py. */
import { expect, test } from 'vitest'

import cases from '../../../../../tests/client/core/cases.json'
import type { ProblemDocument } from '../../src/core/ends.ts'
import type { Effect, Event, MediaSeen } from '../../src/core/model.ts'
import { nextDeadlineMs } from '../../src/core/session.ts'
import type { Story } from './story.ts'
import { asked, endView, opened, sessionView, streaming, welcomed } from './story.ts'

type Json = Record<string, unknown>

/** What a case says of a session; of an `end` the code is enough. */
function changes(told: Json): Parameters<typeof sessionView>[0] {
  const { end, ...rest } = told
  if (typeof end === 'number') return { ...rest, end: endView(end) }
  if (typeof end !== 'object' || end === null) return rest
  return { ...rest, end: { ...endView(Number((end as Json)['code'])), ...end } }
}

function begin(at: string, told: Json, autoRestart: boolean): Story {
  const policy = { autoRestart }
  switch (at) {
    case 'asked':
      return asked(policy)
    case 'opened':
      return opened(changes(told), policy)
    case 'welcomed':
      return welcomed(changes(told), 60, policy)
    default:
      return streaming(policy)
  }
}

function happen(story: Story, step: Json): void {
  const [what, value] = Object.entries(step)[0] ?? ['nothing', null]
  switch (what) {
    case 'wait':
      story.wait(Number(value))
      return
    case 'chance':
      story.chance = Number(value)
      return
    case 'session':
      story.session(changes(value as Json) ?? {})
      return
    case 'welcome':
      story.welcome()
      return
    default:
      story.tell(event(what, value, step))
  }
}

function event(what: string, value: unknown, step: Json): Event {
  switch (what) {
    case 'told':
      return { type: 'received', message: value } as Event
    case 'socket_closed':
      return { type: 'socket_closed', code: Number(value) }
    case 'media':
      return { type: 'media', attachment: Number(step['attachment']), seen: value as MediaSeen }
    case 'opened': {
      const session = sessionView(changes(value as Json))
      return { type: 'opened', answer: { session, token: 'late', continued: false } }
    }
    case 'refused':
      return { type: 'refused', problem: value as ProblemDocument }
    case 'leave':
      return { type: 'leave', code: value === 1001 ? 1001 : 1000 }
    case 'socket_opened':
    case 'unanswered':
    case 'wake':
      return { type: what }
    default:
      throw new Error(`no case knows ${what}`)
  }
}

function found(story: Story, what: string): unknown {
  switch (what) {
    case 'state':
      return story.state
    case 'reconnecting':
      return story.reconnecting
    case 'sent':
      return story.sent
    case 'did':
      return counts(story.effects)
    case 'end':
      return story.model.end
    case 'deadline':
      return nextDeadlineMs(story.model) !== null
    default:
      return story.effects.flatMap((effect) =>
        effect.do === 'emit' && `emitted.${effect.emitted.name}` === what
          ? [effect.emitted.detail]
          : [],
      )
  }
}

function counts(effects: readonly Effect[]): Record<string, number> {
  const counted: Record<string, number> = {}
  for (const { do: name } of effects) {
    if (name !== 'emit') counted[name] = (counted[name] ?? 0) + 1
  }
  return counted
}

test.each(cases)('$name', (told) => {
  const wanted = 'restarts' in told
  const story = begin(told.begin, 'with' in told ? told.with : {}, wanted)

  for (const step of told.steps as Json[]) {
    if (!('then' in step)) happen(story, step)
    else {
      for (const [what, wanted] of Object.entries(step['then'] as Json)) {
        const is = found(story, what)
        if (what === 'did' || wanted === null || typeof wanted !== 'object') {
          expect(is, what).toEqual(wanted)
        } else expect(is, what).toMatchObject(wanted)
      }
    }
  }
})
