/**
 * One session as its page lives it: `handle` takes what happened and the moment, and returns the
 * new model and what to do; `nextDeadlineMs` says when to send `tick`. Nothing here touches a
 * browser: sockets, peer connections and timers are in `rtc/`, and only carry out effects.
 *
 * The rules: an unanswered request, or one that came too often, is asked again under its own
 * idempotency key; a lost socket is repaired alone while media flows; where neither works the
 * resume window runs; an end is final, unless `restart.ts` puts a new session in its place.
 */
import type { EndView, GatewayToViewer, Hello, OpenedSession, SessionView } from '@diorama/protocol'

import { delayMs } from './backoff.ts'
import { endOf, endOfClose, endOfProblem, type ProblemDocument } from './ends.ts'
import {
  ASK_FOR_MS,
  type Effect,
  type Emitted,
  type Event,
  type Model,
  type Moment,
  OPEN_WITHIN_MS,
  PROBE_WITHIN_MS,
  SILENT_BEATS,
  type Socket,
  STEADY_AFTER_MS,
  type Step,
} from './model.ts'
import { repair, repairDueMs, takeMedia, takeOffer } from './repair.ts'
import { away, followEnd, retryAfterMs } from './restart.ts'
import { mediaOf, reconnectingOf, stateOf } from './views.ts'
import { settleWarnings, takeWarning } from './warnings.ts'

type OpenSocket = Extract<Socket, { at: 'open' }>

const PROTOCOL = 1
/** Nothing was decided about the session: the same request passes after the time that was told. */
const TOO_OFTEN = 'rate_limited'
/** Of a socket that says nothing any more: our own word for the close, in the private range. */
const SILENT = 4900

/** Returns what becomes of the session, and what is to be done about it. */
export function handle(model: Model, event: Event, moment: Moment): Step {
  const decided = model.end ? afterEnd(model, event) : decide(model, event, moment)
  const step = followEnd(model, decided, moment)
  const kept = { ...step.model, lostMs: lostSince(step.model, moment.nowMs) }
  return { model: kept, effects: [...announcements(model, kept), ...step.effects] }
}

function decide(model: Model, event: Event, moment: Moment): Step {
  switch (event.type) {
    case 'start':
      return ask(model, 0, moment.nowMs)
    case 'opened':
      return opened(model, event.answer, moment)
    case 'unanswered':
      return askLater(model, moment)
    case 'refused':
      return refuse(model, event.problem, moment)
    case 'socket_opened':
      return greet(model)
    case 'socket_closed':
      return socketClosed(model, event.code, moment)
    case 'received':
      return receive(heard(model, moment.nowMs), event.message, moment)
    case 'answered':
      return send(model, { type: 'answer', attachment: event.attachment, sdp: event.sdp })
    case 'candidate':
      return send(model, {
        type: 'candidate',
        attachment: event.attachment,
        candidate: event.candidate,
      })
    case 'media':
      return takeMedia(model, event.attachment, event.seen, moment.nowMs)
    case 'leave':
      return leave(model, event.code)
    case 'page_left':
      return event.mayReturn ? away(leave(model, 1001)) : leave(model, 1001)
    case 'page_returned':
      return model.opening.at === 'away' ? ask(model, 0, moment.nowMs) : wake(model, moment)
    case 'page_hidden':
      return only({ ...model, hiddenMs: model.hiddenMs ?? moment.nowMs })
    case 'page_shown':
      return wake({ ...model, hiddenMs: null }, moment)
    case 'wake':
      return wake(model, moment)
    case 'tick':
      return tick(model, moment)
  }
}

function only(model: Model, ...effects: Effect[]): Step {
  return { model, effects }
}

function send(model: Model, message: Extract<Effect, { do: 'send' }>['message']): Step {
  return model.socket.at === 'open' ? only(model, { do: 'send', message }) : only(model)
}

// --- the request for a session

function ask(model: Model, attempt: number, sinceMs: number): Step {
  const fresh = attempt === 0
  return only({ ...model, opening: { at: 'asking', attempt, sinceMs } }, { do: 'post', fresh })
}

function askLater(model: Model, { nowMs, chance }: Moment, atLeastMs = 0): Step {
  if (model.opening.at !== 'asking') return only(model)
  const { sinceMs } = model.opening
  const attempt = model.opening.attempt + 1
  const dueMs = nowMs + Math.max(delayMs(attempt, chance), atLeastMs)
  if (dueMs - sinceMs > ASK_FOR_MS) {
    return finish(model, endOf(4007, 'gave_up', 'The server does not answer.'), null)
  }
  return only({ ...model, opening: { at: 'waiting', attempt, sinceMs, dueMs } })
}

function opened(model: Model, answer: OpenedSession, { nowMs }: Moment): Step {
  const { session, token } = answer
  if (model.opening.at === 'away') {
    return only(model, { do: 'post_bye', session: session.id, token, code: 1001 })
  }
  const asked: Model = { ...model, opening: { at: 'answered' }, session, token }
  if (session.end) return finish(asked, session.end, null)
  return openSocket(asked, 0, nowMs)
}

function refuse(model: Model, problem: ProblemDocument, moment: Moment): Step {
  if (problem.code === TOO_OFTEN) return askLater(model, moment, retryAfterMs(problem))
  const told: Emitted = {
    name: 'error',
    detail: { code: problem.code, message: problem.detail },
  }
  const ended = finish(model, endOfProblem(problem), problem)
  return { model: ended.model, effects: [{ do: 'emit', emitted: told }, ...ended.effects] }
}

// --- the socket

function openSocket(model: Model, attempt: number, nowMs: number): Step {
  return only(
    { ...model, socket: { at: 'opening', attempt, sinceMs: nowMs } },
    { do: 'open_socket' },
  )
}

/** Says hello. Media that still flows is kept; of anything else a new offer is asked. */
function greet(model: Model): Step {
  if (model.socket.at !== 'opening' || model.token === null) return only(model)
  const attachment = model.media.at === 'connected' ? model.media.attachment : null
  const hello: Hello = {
    type: 'hello',
    protocol: PROTOCOL,
    token: model.token,
    attachment,
    codecs: [...model.codecs],
  }
  const media = attachment === null ? ({ at: 'none' } as const) : model.media
  return only({ ...model, media }, { do: 'send', message: hello })
}

function socketClosed(model: Model, code: number, { nowMs, chance }: Moment): Step {
  if (model.socket.at !== 'open' && model.socket.at !== 'opening') return only(model)
  const end = endOfClose(code, model.refusal)
  if (end) return finish({ ...model, socket: { at: 'closed' } }, end, null)
  const steady = model.socket.at === 'open' && nowMs - model.socket.sinceMs >= STEADY_AFTER_MS
  const attempt = steady ? 0 : model.socket.attempt + 1
  const dueMs = nowMs + delayMs(attempt, chance)
  return only({ ...model, socket: { at: 'waiting', attempt, dueMs } })
}

function dropSocket(model: Model, code: number, moment: Moment): Step {
  const closed = socketClosed(model, SILENT, moment)
  return only(closed.model, { do: 'close_socket', code }, ...closed.effects)
}

function heard(model: Model, nowMs: number): Model {
  if (model.socket.at !== 'open') return model
  return { ...model, socket: { ...model.socket, heardMs: nowMs } }
}

function receive(model: Model, message: GatewayToViewer, moment: Moment): Step {
  const { nowMs } = moment
  switch (message.type) {
    case 'welcome': {
      if (model.socket.at !== 'opening') return only(model)
      const heartbeatMs = message.heartbeat_s * 1_000
      const welcomed: Model = {
        ...model,
        welcomed: true,
        refusal: null,
        heartbeatMs,
        qualityEveryMs: message.quality_every_s ? message.quality_every_s * 1_000 : null,
        resumeWindowMs: message.resume_window_s * 1_000,
        socket: {
          at: 'open',
          attempt: model.socket.attempt,
          sinceMs: nowMs,
          heardMs: nowMs,
          beatDueMs: nowMs + heartbeatMs,
          beats: 0,
        },
      }
      return see(welcomed, message.session, moment)
    }
    case 'session':
      return see(model, message.session, moment)
    case 'offer':
      return takeOffer(model, message, nowMs)
    case 'candidate':
      return model.media.at !== 'none' && model.media.attachment === message.attachment
        ? only(model, { do: 'add_candidate', message })
        : only(model)
    case 'warning':
      return takeWarning(model, message, moment)
    case 'heartbeat':
      return only(model)
    case 'problem': {
      const detail = { code: message.code, message: message.message }
      return only(
        { ...model, refusal: message.message },
        { do: 'emit', emitted: { name: 'error', detail } },
      )
    }
    default:
      return only(model) // a newer gateway may say more than this page knows
  }
}

/** Takes a view of the session; versions only grow, so an older one is a straggler. */
function see(model: Model, session: SessionView, moment: Moment): Step {
  if (model.session && session.version < model.session.version) return only(model)
  const seen: Model = { ...model, session }
  return session.end ? finish(seen, session.end, null) : settleWarnings(seen, model.session, moment)
}

// --- the end

function finish(model: Model, end: EndView, problem: ProblemDocument | null): Step {
  const closed: Effect[] = model.socket.at === 'closed' ? [] : [{ do: 'close_socket', code: 1000 }]
  return only(
    { ...model, end, problem, socket: { at: 'closed' }, media: { at: 'none' }, warned: [] },
    { do: 'close_peer' },
    ...closed,
    { do: 'emit', emitted: { name: 'ended', detail: { ...end, problem } } },
  )
}

/** Leaves by every way there is: the first to arrive ends the session, the others change nothing. */
function leave(model: Model, code: 1000 | 1001): Step {
  const effects: Effect[] = [{ do: 'say_bye', code }]
  if (model.socket.at === 'open') effects.push({ do: 'send', message: { type: 'bye', code } })
  if (model.session && model.token !== null && (code === 1001 || model.socket.at !== 'open')) {
    effects.push({ do: 'post_bye', session: model.session.id, token: model.token, code })
  }
  const reason = code === 1000 ? 'client_ended' : 'page_left'
  const ended = finish(model, endOf(code, reason, null), null)
  return only(ended.model, ...effects, ...ended.effects)
}

/** After the end only one thing is left to do: give back a session that was opened too late. */
function afterEnd(model: Model, event: Event): Step {
  if (event.type !== 'opened' || model.opening.at === 'answered') return only(model)
  const { session, token } = event.answer
  return only(
    { ...model, opening: { at: 'answered' } },
    { do: 'post_bye', session: session.id, token, code: 1000 },
  )
}

// --- time

/**
 * The network is back, or the page is seen again: what waits is tried now, and a socket that may
 * have died unnoticed is asked for a sign of life.
 */
function wake(model: Model, moment: Moment): Step {
  const { nowMs } = moment
  if (model.opening.at === 'waiting') {
    return ask(model, model.opening.attempt, model.opening.sinceMs)
  }
  if (model.socket.at === 'waiting') return openSocket(model, model.socket.attempt, nowMs)
  return model.socket.at === 'open' ? probe(model, model.socket, moment) : only(model)
}

function probe(model: Model, socket: OpenSocket, { nowMs }: Moment): Step {
  const silentMs = silenceMs(model)
  if (nowMs >= socket.heardMs + silentMs) {
    const reopened = openSocket(model, 0, nowMs)
    return only(reopened.model, { do: 'close_socket', code: SILENT }, ...reopened.effects)
  }
  const heardMs = Math.min(socket.heardMs, nowMs + PROBE_WITHIN_MS - silentMs)
  return beat(model, { ...socket, heardMs }, nowMs)
}

function beat(model: Model, socket: OpenSocket, nowMs: number): Step {
  const beaten = { ...socket, beats: socket.beats + 1, beatDueMs: nowMs + model.heartbeatMs }
  return only(
    { ...model, socket: beaten },
    { do: 'send', message: { type: 'heartbeat', n: socket.beats } },
  )
}

function tick(model: Model, moment: Moment): Step {
  const { nowMs } = moment
  const effects: Effect[] = []
  let now = model
  const due = [giveUp, goHidden, askAgain, tendSocket, tendMedia]
  for (const tend of due) {
    if (now.end) break
    const step = tend(now, moment)
    now = step.model
    effects.push(...step.effects)
  }
  return { model: now, effects }

  function giveUp(model: Model): Step {
    const until = giveUpMs(model)
    return until !== null && nowMs >= until
      ? finish(model, endOf(4007, 'gave_up', null), null)
      : only(model)
  }

  function goHidden(model: Model): Step {
    const dueMs = hiddenDueMs(model)
    return dueMs !== null && nowMs >= dueMs ? leave(model, 1000) : only(model)
  }

  function askAgain(model: Model): Step {
    const { opening } = model
    return opening.at === 'waiting' && nowMs >= opening.dueMs
      ? ask(model, opening.attempt, opening.sinceMs)
      : only(model)
  }

  function tendMedia(model: Model): Step {
    const dueMs = repairDueMs(model)
    return dueMs !== null && nowMs >= dueMs ? repair(model, nowMs) : only(model)
  }
}

function tendSocket(model: Model, moment: Moment): Step {
  const { socket } = model
  const { nowMs } = moment
  switch (socket.at) {
    case 'closed':
      return only(model)
    case 'waiting':
      return nowMs >= socket.dueMs ? openSocket(model, socket.attempt, nowMs) : only(model)
    case 'opening':
      return nowMs >= socket.sinceMs + OPEN_WITHIN_MS
        ? dropSocket(model, SILENT, moment)
        : only(model)
    case 'open': {
      if (nowMs >= socket.heardMs + silenceMs(model)) return dropSocket(model, SILENT, moment)
      return nowMs < socket.beatDueMs ? only(model) : beat(model, socket, nowMs)
    }
  }
}

/** Returns how long a socket may say nothing: two heartbeats unanswered, and a little. */
function silenceMs({ heartbeatMs }: Model): number {
  return (SILENT_BEATS + 0.5) * heartbeatMs
}

/** Returns since when neither socket nor media has worked, or null. */
function lostSince(model: Model, nowMs: number): number | null {
  const asked = model.opening.at === 'answered' && !model.end
  const works = model.socket.at === 'open' || model.media.at === 'connected'
  return asked && !works ? (model.lostMs ?? nowMs) : null
}

function giveUpMs({ lostMs, resumeWindowMs }: Model): number | null {
  return lostMs === null ? null : lostMs + resumeWindowMs
}

function hiddenDueMs({ hiddenMs, policy, opening }: Model): number | null {
  if (hiddenMs === null || policy.hiddenForMs === null || opening.at === 'away') return null
  return hiddenMs + policy.hiddenForMs
}

/** Returns when `tick` is due next, or null for never. */
export function nextDeadlineMs(model: Model): number | null {
  if (model.end) return null
  const { opening } = model
  const asks = opening.at === 'waiting' ? opening.dueMs : null
  const media = [socketDueMs(model), repairDueMs(model), giveUpMs(model)]
  const deadlines = [asks, hiddenDueMs(model), ...media]
  const known = deadlines.filter((dueMs) => dueMs !== null)
  return known.length === 0 ? null : Math.min(...known)
}

function socketDueMs(model: Model): number | null {
  const { socket } = model
  switch (socket.at) {
    case 'closed':
      return null
    case 'waiting':
      return socket.dueMs
    case 'opening':
      return socket.sinceMs + OPEN_WITHIN_MS
    case 'open':
      return Math.min(socket.beatDueMs, socket.heardMs + silenceMs(model))
  }
}

// --- what a page is told: whatever differs between two models

function announcements(before: Model, after: Model): Effect[] {
  const told: Emitted[] = []
  if (after.session && after.session !== before.session) {
    told.push({ name: 'session', detail: after.session })
  }
  if (stateOf(after) !== stateOf(before)) told.push({ name: 'state', detail: stateOf(after) })
  const queue = after.session?.queue
  if (queue && !after.end && !sameJson(queue, before.session?.queue)) {
    told.push({ name: 'queue', detail: queue })
  }
  if (mediaOf(after) !== mediaOf(before)) told.push({ name: 'media', detail: mediaOf(after) })
  told.push(...repairsTold(before, after))
  return told.map((emitted) => ({ do: 'emit', emitted }))
}

function repairsTold(before: Model, after: Model): Emitted[] {
  const [was, is] = [reconnectingOf(before), reconnectingOf(after)]
  if (is && !sameJson(is, was)) return [{ name: 'reconnecting', detail: is }]
  if (is || !was || after.media.at !== 'connected') return []
  return [{ name: 'reconnected', detail: { attachment: after.media.attachment } }]
}

function sameJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
