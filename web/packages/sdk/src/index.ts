/** Diorama in a page: `connect` opens a session, `attachInput` lets a viewer act in it. */
export { connect, DioramaSession, hold } from './session.ts'
export type { AfkOptions, ConnectOptions, DioramaEvents, Held } from './session.ts'
export { fullscreen } from './rtc/fullscreen.ts'
export type { Fullscreen, FullscreenOptions } from './rtc/fullscreen.ts'
export { attachInput } from './rtc/input.ts'
export type { AttachedInput, InputOptions, InputSink } from './rtc/input.ts'
export { END_CODES } from '@diorama/protocol'
export type {
  EndCode,
  EndCodeEntry,
  EndView,
  HolderView,
  InputEvent,
  ProjectView,
  QueueView,
  SessionState,
  SessionView,
  Warned,
} from '@diorama/protocol'
export type { Facts, PeerFacts } from './core/diagnosis.ts'
export type { ProblemDocument } from './core/ends.ts'
export { MAX_MESSAGE_BYTES, MessageRefused } from './core/messages.ts'
export { OptionRefused } from './core/options.ts'
export type { OptionCode } from './core/options.ts'
export type {
  Ended,
  MediaState,
  Reconnecting,
  Restarting,
  SessionEvents,
  Warning,
} from './core/model.ts'
export type { Path, StreamStats } from './core/stats.ts'
export type { Entry } from './core/timeline.ts'
export type { Diagnostics } from './diagnostics.ts'
export { VERSION } from './version.ts'
