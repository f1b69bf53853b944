import type { ReactNode } from 'react'
import classes from './StateBadge.module.css'

/** What a state is like; its colour follows, and never stands alone. */
export type Tone = 'good' | 'warn' | 'busy' | 'wait' | 'bad' | 'over'

const TONES: Readonly<Record<string, Tone>> = {
  requesting: 'busy',
  queued: 'wait',
  connecting: 'busy',
  streaming: 'good',
  idle: 'warn',
  disconnected: 'over',
  failed: 'bad',
  ready: 'good',
  draining: 'warn',
  suspect: 'warn',
  lost: 'bad',
  free: 'over',
  held: 'good',
  pending: 'wait',
  dispatched: 'busy',
  processing: 'good',
  completed: 'over',
  cancelled: 'over',
  recording: 'busy',
  deleted: 'over',
}

/** A state by its name, with a dot in its colour. */
export function StateBadge({ state, tone }: { readonly state: string; readonly tone?: Tone }) {
  return <Dot tone={tone ?? TONES[state] ?? 'over'}>{state}</Dot>
}

/** Words behind a dot in the colour of their tone. */
export function Dot({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span className={classes['badge']} data-tone={tone}>
      {children}
    </span>
  )
}
