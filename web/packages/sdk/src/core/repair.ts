/**
 * The peer connection: what its reports mean, and the cheapest repair first. A connection lost for
 * 1 s asks for an ICE restart, one that stays lost for 3 s more for a new peer connection, again
 * every 10 s; how long that goes on is for the gateway and the resume window to say.
 */
import type { Offer } from '@diorama/protocol'

import {
  type Effect,
  ICE_AFTER_MS,
  type MediaSeen,
  type Media,
  type Model,
  PEER_AFTER_MS,
  PEER_AGAIN_MS,
  type Step,
} from './model.ts'

/** Returns the step for an offer; an older one than ours is a straggler. */
export function takeOffer(model: Model, offer: Offer, nowMs: number): Step {
  const ours = model.media.at === 'none' ? null : model.media.attachment
  if (ours !== null && offer.attachment < ours) return { model, effects: [] }
  const fresh = offer.attachment !== ours
  const media: Media = fresh
    ? { at: 'connecting', attachment: offer.attachment, sinceMs: nowMs }
    : model.media
  const report = fresh ? reports(model, offer.attachment, 'connecting') : []
  return {
    model: { ...model, media },
    effects: [{ do: 'accept_offer', offer, fresh }, ...report],
  }
}

/** Returns the step for what the peer connection says of itself. */
export function takeMedia(model: Model, attachment: number, seen: MediaSeen, nowMs: number): Step {
  const { media } = model
  if (media.at === 'none' || media.attachment !== attachment) return { model, effects: [] }
  switch (seen) {
    case 'connected':
      if (media.at === 'connected') return { model, effects: [] }
      return { model: { ...model, media: connected(attachment, false) }, effects: [] }
    case 'playing':
      return play(model, attachment, nowMs)
    case 'stalled':
      return { model, effects: reports(model, attachment, 'stalled') }
    case 'disconnected':
    case 'failed':
      return lose(model, attachment, seen, nowMs)
  }
}

function connected(attachment: number, playing: boolean): Media {
  return { at: 'connected', attachment, playing }
}

function play(model: Model, attachment: number, nowMs: number): Step {
  const first = !(model.media.at === 'connected' && model.media.playing)
  const effects = reports(model, attachment, 'playing')
  const attached: Effect = { do: 'emit', emitted: { name: 'attached', detail: { attachment } } }
  return {
    model: {
      ...model,
      media: connected(attachment, true),
      played: true,
      playedMs: model.playedMs ?? nowMs,
    },
    effects: first ? [...effects, attached] : effects,
  }
}

function lose(
  model: Model,
  attachment: number,
  seen: 'disconnected' | 'failed',
  nowMs: number,
): Step {
  const { media } = model
  if (media.at === 'lost') {
    return seen === 'failed' && media.asked === 'nothing'
      ? ask(model, attachment, 'ice', nowMs)
      : { model, effects: [] }
  }
  const lost: Model = {
    ...model,
    media: { at: 'lost', attachment, sinceMs: nowMs, asked: 'nothing', attempt: 0 },
  }
  const report = reports(model, attachment, 'lost')
  if (seen === 'disconnected') return { model: lost, effects: report }
  const asked = ask(lost, attachment, media.at === 'connecting' ? 'peer' : 'ice', nowMs)
  return { model: asked.model, effects: [...report, ...asked.effects] }
}

/** Returns the step that asks for a repair; without a socket the next hello asks for an offer. */
function ask(model: Model, attachment: number, scope: 'ice' | 'peer', nowMs: number): Step {
  if (model.socket.at !== 'open') return { model, effects: [] }
  const attempt = model.media.at === 'lost' ? model.media.attempt + 1 : 1
  return {
    model: {
      ...model,
      media: { at: 'lost', attachment, sinceMs: nowMs, asked: scope, attempt },
    },
    effects: [{ do: 'send', message: { type: 'restart', attachment, scope } }],
  }
}

function reports(
  model: Model,
  attachment: number,
  state: 'connecting' | 'playing' | 'stalled' | 'lost',
): Effect[] {
  if (model.socket.at !== 'open') return []
  return [{ do: 'send', message: { type: 'media', attachment, state } }]
}

/** Returns when the next repair is due, or null. */
export function repairDueMs({ media, socket }: Model): number | null {
  if (socket.at !== 'open') return null
  switch (media.at) {
    case 'none':
    case 'connected':
      return null
    case 'connecting':
      return media.sinceMs + PEER_AGAIN_MS
    case 'lost':
      return media.sinceMs + WAIT_MS[media.asked]
  }
}

const WAIT_MS = { nothing: ICE_AFTER_MS, ice: PEER_AFTER_MS, peer: PEER_AGAIN_MS } as const

/** Returns the step for a repair that is due. */
export function repair(model: Model, nowMs: number): Step {
  const { media } = model
  if (media.at !== 'lost' && media.at !== 'connecting') return { model, effects: [] }
  const first = media.at === 'lost' && media.asked === 'nothing'
  return ask(model, media.attachment, first ? 'ice' : 'peer', nowMs)
}
