// Generated from schema.json by `npm run generate -w @diorama/protocol`. Do not edit.

export type GatewayToViewer =
  Welcome | SessionChanged | Offer | Candidate | Warned | Heartbeat | Problem
/**
 * Where a session is. The values are stored and sent: add to them, never rename.
 */
export type SessionState =
  'connecting' | 'disconnected' | 'failed' | 'idle' | 'queued' | 'requesting' | 'streaming'
export type InputEvent =
  | KeyDown
  | KeyUp
  | PointerMove
  | PointerDown
  | PointerUp
  | Wheel
  | TouchStart
  | TouchMove
  | TouchEnd
  | Gamepad
  | Text
export type ViewerToGateway =
  Hello | Heartbeat | Answer | Candidate | Restart | MediaReport | Quality | Bye
export type ViewerToWorld =
  | KeyDown
  | KeyUp
  | PointerMove
  | PointerDown
  | PointerUp
  | Wheel
  | TouchStart
  | TouchMove
  | TouchEnd
  | Gamepad
  | Text
  | Ping
  | Prompt
  | Message
  | Leaving
  | Ack
export type WorldToViewer = Pong | Message | Ack | Refusal

/**
 * The message with this id was handed over.
 */
export interface Ack {
  type: 'ack'
  id: number
}
/**
 * The viewer's answer to the offer with the same `attachment`.
 */
export interface Answer {
  type: 'answer'
  attachment: number
  sdp: string
}
/**
 * Shorter times than the project's, for a viewer who does nothing; longer ones are cut.
 */
export interface AskedAfk {
  warn_after_s?: number | null
  disconnect_after_s?: number | null
}
/**
 * The viewer ends the session: 1000 on purpose, 1001 because the page is left.
 */
export interface Bye {
  type: 'bye'
  code?: 1000 | 1001
}
/**
 * One candidate of either side, trickled.
 */
export interface Candidate {
  type: 'candidate'
  attachment: number
  candidate: IceCandidate
}
/**
 * An RTCIceCandidateInit; an empty `candidate` is the end of candidates.
 */
export interface IceCandidate {
  candidate: string
  sdpMid?: string | null
  sdpMLineIndex?: number | null
}
/**
 * Why a session ended: the registry's row and the reason.
 */
export interface EndView {
  code: number
  name: string
  reason: string
  doing: string
  retry: string
  retry_limit: number | null
  message: string
}
/**
 * A gamepad in W3C standard mapping: axes -1.0 to 1.0, buttons 0.0 to 1.0.
 */
export interface Gamepad {
  type: 'gamepad'
  index: number
  axes: number[]
  buttons: number[]
}
/**
 * The gateway's answer to `hello`.
 */
export interface Welcome {
  type: 'welcome'
  protocol: number
  session: SessionView
  heartbeat_s: number
  resume_window_s: number
  quality_every_s?: number | null
}
/**
 * One session, as its viewer and its account may see it.
 *
 * What ends it if nothing else does: `runs_until`, from the first frame on, `afk_ends_at`, while
 * it is idle, `hours_end_at`, where the account's stream hours of this month are used up within 5
 * minutes, and `drains_at`, where its machine goes out of service. A countdown counts down to
 * them, also on a page that was reloaded.
 *
 * `recorded` says that what is shown and done is kept, from the world's first picture to the end:
 * who shows the stream has to say so too.
 *
 * Only its account is shown its class in line (`priority`), what it was asked for with (`source`:
 * `ticket:<id>`, `link:<id>`, `key:<id>`, `member:<id>`, `viewer` for a visitor), the name of the
 * `worker` it is on, or was on last, and the id of its `recording`, once there is one.
 */
export interface SessionView {
  id: string
  project: string
  region: string
  state: SessionState
  version: number
  attached: boolean
  attachment: number
  created_at: string
  state_entered_at: string
  first_frame_at?: string | null
  runs_until?: string | null
  afk_ends_at?: string | null
  hours_end_at?: string | null
  drains_at?: string | null
  ended_at?: string | null
  end_user?: string | null
  device?: string | null
  queue?: QueueView | null
  end?: EndView | null
  priority?: string | null
  source?: string | null
  worker?: string | null
  recorded?: boolean
  recording?: string | null
  spectators?: number
}
/**
 * A waiter's place: `position` 1 is next.
 *
 * An ETA is the wait from now that half, or nine tenths, of such waits stay under; None while
 * there is not enough data for one. `reason` goes with a position that may have risen: somebody of
 * a higher class came (`higher_priority`), or somebody returned to an earlier place (`put_back`).
 */
export interface QueueView {
  position: number
  length: number
  eta_p50_s?: number | null
  eta_p90_s?: number | null
  reason?: ('higher_priority' | 'put_back') | null
}
/**
 * The session as it is now, its place in the queue included.
 */
export interface SessionChanged {
  type: 'session'
  session: SessionView
}
/**
 * The worker's offer. `attachment` numbers the viewer's connection it is for.
 */
export interface Offer {
  type: 'offer'
  attachment: number
  sdp: string
  ice_servers?: IceServer[]
}
/**
 * An RTCIceServer: STUN or TURN addresses with a credential minted for one session.
 */
export interface IceServer {
  urls: string[]
  username?: string | null
  credential?: string | null
}
/**
 * Something will end the session in `seconds_left`; one that is told again is told anew.
 *
 * `afk`: the viewer does nothing; `runtime`: its time is up; `hours`: the account's stream hours
 * of this month are; `draining`: its machine goes.
 */
export interface Warned {
  type: 'warning'
  kind: 'afk' | 'draining' | 'hours' | 'runtime'
  seconds_left: number
}
/**
 * Every `heartbeat_s`; the gateway sends the same `n` back.
 */
export interface Heartbeat {
  type: 'heartbeat'
  n: number
}
/**
 * What was sent cannot be taken: a stable code and a sentence.
 */
export interface Problem {
  type: 'problem'
  code: string
  message: string
}
/**
 * First word of a viewer.
 *
 * Attributes:
 *     protocol: 1.
 *     token: from the answer to POST /v1/sessions.
 *     attachment: the number of the peer connection whose media still flows here, if one does:
 *         the socket alone was lost. None asks for a new offer.
 *     codecs: video codecs this viewer can decode, such as `H264`, `VP8`; empty is unknown.
 */
export interface Hello {
  type: 'hello'
  protocol: number
  token: string
  attachment?: number | null
  codecs?: string[]
}
/**
 * One session that holds what a limit counts; `end` is where DELETE ends it.
 */
export interface HolderView {
  session: string
  project: string
  state: SessionState
  age_s: number
  last_heard_s: number | null
  device: string | null
  end: string
}
/**
 * A key went down, or repeats while held.
 */
export interface KeyDown {
  type: 'key_down'
  code: string
  key: string
  repeat?: boolean
}
/**
 * A key went up, or the viewer's window lost focus while it was held.
 */
export interface KeyUp {
  type: 'key_up'
  code: string
  key: string
}
/**
 * A mouse or pen moved; `buttons` is the W3C bit mask of those held.
 */
export interface PointerMove {
  type: 'pointer_move'
  x: number
  y: number
  movement_x?: number
  movement_y?: number
  buttons?: number
}
/**
 * A button of a mouse or pen went down: 0 left, 1 middle, 2 right.
 */
export interface PointerDown {
  type: 'pointer_down'
  x: number
  y: number
  button?: number
}
/**
 * A button of a mouse or pen went up.
 */
export interface PointerUp {
  type: 'pointer_up'
  x: number
  y: number
  button?: number
}
/**
 * The wheel turned; CSS pixels, positive down and right.
 */
export interface Wheel {
  type: 'wheel'
  delta_x: number
  delta_y: number
  x?: number
  y?: number
}
/**
 * A finger came down.
 */
export interface TouchStart {
  type: 'touch_start'
  id: number
  x: number
  y: number
}
/**
 * A finger moved.
 */
export interface TouchMove {
  type: 'touch_move'
  id: number
  x: number
  y: number
}
/**
 * A finger left, or the system took the touch away.
 */
export interface TouchEnd {
  type: 'touch_end'
  id: number
}
/**
 * Text typed or composed by an input method, where keys alone do not tell it.
 */
export interface Text {
  type: 'text'
  text: string
}
/**
 * The viewer goes: 1000 on purpose, 1001 because the page is left.
 */
export interface Leaving {
  type: 'bye'
  code?: 1000 | 1001
}
/**
 * How many slots a worker offers, and what they do.
 */
export interface LoadView {
  slots: number
  held: number
  free: number
  fencing: number
  quarantined: number
}
/**
 * The way that media takes, as the viewer sees it: its own kind of candidate and the worker's.
 *
 * `relay` is how the viewer reaches its relay, where it goes through one.
 */
export interface MediaPath {
  local: 'host' | 'prflx' | 'relay' | 'srflx'
  remote: 'host' | 'prflx' | 'relay' | 'srflx'
  protocol: 'tcp' | 'udp'
  relay?: ('tcp' | 'tls' | 'udp') | null
}
/**
 * What the viewer sees of its peer connection.
 */
export interface MediaReport {
  type: 'media'
  attachment: number
  state: 'connecting' | 'lost' | 'playing' | 'stalled'
}
/**
 * A JSON message, either way; an `id` asks the other side for an `ack`.
 */
export interface Message {
  type: 'message'
  /**
   * any JSON
   */
  data: unknown
  id?: number | null
}
/**
 * POST /v1/sessions. `client_id`, the SDK's secret name for one tab, continues its session.
 *
 * `priority` names a class of the project's `queue.priorities`, and comes with an API key only.
 * `ticket` opens the project it was made for, which need not be named then; `share` is the secret
 * of a share link.
 */
export interface OpenSession {
  project?: string | null
  region?: string | null
  client_id?: string | null
  end_user?: string | null
  device?: string | null
  priority?: string | null
  afk?: AskedAfk | null
  ticket?: string | null
  share?: string | null
}
/**
 * The answer to a request for a session: `token` opens the viewer's WebSocket, nothing else.
 */
export interface OpenedSession {
  session: SessionView
  token: string
  continued: boolean
}
/**
 * A page of a list: ask again with `cursor` for the next; None is the end.
 */
export interface Page {
  sessions: SessionView[]
  cursor?: string | null
}
/**
 * The viewer is there; `visible` tells whether its page is shown.
 */
export interface Ping {
  type: 'ping'
  n: number
  visible?: boolean
}
/**
 * The worker's answer to `ping`, at once: the page reads its round trip from it.
 *
 * `fps`: how many pictures a second the world means to show, once that is known: fewer come where
 * a machine is busy or the network narrow.
 */
export interface Pong {
  type: 'pong'
  n: number
  fps?: number | null
}
/**
 * One project, as a visitor may see it.
 */
export interface ProjectView {
  id: string
  name: string
  description: string
  enabled: boolean
  regions: string[]
  world: string
  prompts?: string[]
  title?: string
}
/**
 * A text prompt for the world.
 */
export interface Prompt {
  type: 'prompt'
  text: string
}
/**
 * How the stream arrives, as the viewer measures it: every `quality_every_s` of `welcome`.
 *
 * It is sent at once where the path changes. It is noted for the account's people, and decides
 * nothing.
 */
export interface Quality {
  type: 'quality'
  attachment: number
  path?: MediaPath | null
  fps?: number | null
  bitrate_kbps?: number | null
  rtt_ms?: number | null
  loss_percent?: number | null
  width?: number | null
  height?: number | null
}
/**
 * A message that cannot be taken.
 */
export interface Refusal {
  type: 'problem'
  code: string
  message: string
}
/**
 * The viewer asks for a new offer: `ice` on the same peer connection, `peer` on a new one.
 */
export interface Restart {
  type: 'restart'
  attachment: number
  scope: 'ice' | 'peer'
}
/**
 * One slot of a worker; `term` rises with each reservation.
 *
 * Either a `session` has it, or had it while it is fenced, or a `run` of a simulation. `failures`
 * are worlds that failed on it in a row; `until` is when a slot comes back by itself that is being
 * fenced or is quarantined.
 */
export interface SlotView {
  index: number
  state: string
  term: number
  session?: string | null
  failures?: number
  until?: string | null
  run?: string | null
}
/**
 * One worker: `ready`, `draining`, `suspect` (unheard for a while) or `lost`.
 *
 * `health` is `failing` where worlds fail on it; `drains_at` is when what still runs on it ends,
 * while it drains, and `drained_by` who asked for that: None is the worker itself, which stops.
 */
export interface WorkerView {
  id: string
  name: string
  region: string
  pool: string
  state: string
  heard_at: string
  slots: SlotView[]
  kinds: string[]
  encoders: string[]
  version: string
  load: LoadView
  health: 'failing' | 'good' | 'lost' | 'unheard'
  registered_at: string
  host?: string
  drains_at?: string | null
  drained_by?: string | null
}
