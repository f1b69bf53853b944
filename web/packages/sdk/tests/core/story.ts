/** Tells a session's story to the reducer: what happens, when, and what comes of it. */
import type { EndView, GatewayToViewer, SessionView, ViewerToGateway } from '@diorama/protocol'

import {
  type Effect,
  type Event,
  KEEP,
  type Model,
  newModel,
  type Policy,
  type SessionEvents,
} from '../../src/core/model.ts'
import { handle, nextDeadlineMs } from '../../src/core/session.ts'
import { reconnectingOf, stateOf } from '../../src/core/views.ts'

const MAX_TICKS = 1_000
/** When a story begins, on the clock of people. */
export const EPOCH_MS = Date.parse('2026-01-01T00:00:00Z')

export function sessionView(changes: Partial<SessionView> = {}): SessionView {
  return {
    id: 'ses_1',
    project: 'cove',
    region: 'local',
    state: 'connecting',
    version: 1,
    attached: false,
    attachment: 0,
    created_at: '2026-01-01T00:00:00Z',
    state_entered_at: '2026-01-01T00:00:00Z',
    ...changes,
  }
}

export function endView(code: number, retry = 'new_session'): EndView {
  return {
    code,
    name: 'a name',
    reason: 'a reason',
    doing: 'world',
    retry,
    retry_limit: null,
    message: 'A sentence.',
  }
}

export class Story {
  model: Model
  nowMs = 0
  /** Without jitter; 1 would cut every wait by half. */
  chance = 0
  effects: Effect[] = []
  private version = 1

  constructor(policy: Partial<Policy> = {}) {
    this.model = newModel(['H264', 'VP8'], { ...KEEP, ...policy })
  }

  /** Tells one event and keeps what came of it alone. */
  tell(event: Event): this {
    this.effects = []
    this.apply(event)
    return this
  }

  told(message: GatewayToViewer): this {
    return this.tell({ type: 'received', message })
  }

  session(changes: Partial<SessionView>): this {
    this.version += 1
    return this.told({
      type: 'session',
      session: sessionView({ version: this.version, ...changes }),
    })
  }

  welcome(resume_window_s = 60): this {
    const session = this.model.session ?? sessionView()
    return this.told({ type: 'welcome', protocol: 1, session, heartbeat_s: 5, resume_window_s })
  }

  /** Lets time pass, tick by tick as the deadlines say, and keeps all that came of it. */
  wait(ms: number): this {
    this.effects = []
    const untilMs = this.nowMs + ms
    for (let ticks = 0; ticks < MAX_TICKS; ticks += 1) {
      const dueMs = nextDeadlineMs(this.model)
      if (dueMs === null || dueMs > untilMs) break
      this.nowMs = Math.max(this.nowMs, dueMs)
      this.apply({ type: 'tick' })
    }
    this.nowMs = untilMs
    return this
  }

  get state() {
    return stateOf(this.model)
  }

  get reconnecting() {
    return reconnectingOf(this.model)
  }

  get sent(): ViewerToGateway[] {
    return this.effects.flatMap((effect) => (effect.do === 'send' ? [effect.message] : []))
  }

  did(what: Effect['do']): number {
    return this.effects.filter((effect) => effect.do === what).length
  }

  emitted<Name extends keyof SessionEvents>(name: Name): SessionEvents[Name][] {
    return this.effects.flatMap((effect) =>
      effect.do === 'emit' && effect.emitted.name === name
        ? [effect.emitted.detail as SessionEvents[Name]]
        : [],
    )
  }

  private apply(event: Event): void {
    const step = handle(this.model, event, {
      nowMs: this.nowMs,
      epochMs: EPOCH_MS + this.nowMs,
      chance: this.chance,
    })
    this.model = step.model
    this.effects.push(...step.effects)
  }
}

/** A session that was asked for and whose request is in flight. */
export function asked(policy: Partial<Policy> = {}): Story {
  return new Story(policy).tell({ type: 'start' })
}

export function opened(changes: Partial<SessionView> = {}, policy: Partial<Policy> = {}): Story {
  const session = sessionView(changes)
  return asked(policy).tell({
    type: 'opened',
    answer: { session, token: 'a token', continued: false },
  })
}

/** A session whose socket has said hello and was welcomed. */
export function welcomed(
  changes: Partial<SessionView> = {},
  resume_window_s = 60,
  policy: Partial<Policy> = {},
): Story {
  return opened(changes, policy).tell({ type: 'socket_opened' }).welcome(resume_window_s)
}

/** A session whose frames come, and whose socket has been up long enough to be trusted. */
export function streaming(policy: Partial<Policy> = {}): Story {
  const story = welcomed({}, 60, policy)
    .told({ type: 'offer', attachment: 1, sdp: 'an offer' })
    .tell({ type: 'media', attachment: 1, seen: 'connected' })
    .tell({ type: 'media', attachment: 1, seen: 'playing' })
    .session({ state: 'streaming', attachment: 1, attached: true })
    .wait(5_000)
  return story.told({ type: 'heartbeat', n: 0 })
}
