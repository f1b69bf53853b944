/** Diorama in a page: `connect` opens a session, `attachInput` lets a viewer act in it. */
export { connect, DioramaSession, hold } from './session.ts'
export type { ConnectOptions, DioramaEvents, Held } from './session.ts'
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
export type { ProblemDocument } from './core/ends.ts'
export type { Ended, MediaState, Reconnecting, SessionEvents } from './core/model.ts'
export type { StreamStats } from './core/stats.ts'
