/** What `getDiagnostics` returns: JSON, for a support request or a log. */
import type { Facts } from './core/diagnosis.ts'
import type { Warning } from './core/model.ts'
import type { Entry } from './core/timeline.ts'

export interface Diagnostics extends Facts {
  /** One sentence: how it is, or what is wrong and what would help. */
  readonly verdict: string
  /** ISO 8601, UTC. */
  readonly at: string
  readonly sdk: string
  readonly project: string
  readonly server: string
  readonly browser: string
  readonly online: boolean
  readonly secureContext: boolean
  readonly session: {
    readonly id: string
    readonly region: string | undefined
    readonly version: number | undefined
    readonly attachment: number | undefined
  } | null
  /** What this browser can decode. */
  readonly codecs: readonly string[]
  /** Sessions opened by themselves in a row. */
  readonly restarts: number
  readonly warnings: readonly Warning[]
  readonly errors: readonly Entry[]
  /** The last hundred things that happened, the oldest first. */
  readonly timeline: readonly Entry[]
}
