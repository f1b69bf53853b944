import { Progress, Text } from '@mantine/core'
import { isOver, type Simulation } from '../../api/simulations.ts'
import { percentText } from '../overview/figures.ts'
import { nameOf, shareOf, shareOfAll } from './words.ts'
import classes from './Simulations.module.css'

/** How far a simulation or a run is, as a bar and as words. */
export function ProgressLine({
  label,
  state,
  frames,
  total,
  share: known = shareOf(frames, total),
}: {
  /** What it is of, for readers of the screen. */
  readonly label: string
  readonly state: 'pending' | 'dispatched' | 'processing' | 'completed' | 'failed' | 'cancelled'
  readonly frames: number
  readonly total: number | null
  /** How far it is, where that is not what its frames say. */
  readonly share?: number | null
}) {
  const share = state === 'completed' ? 1 : known
  if (
    state === 'pending' ||
    (frames === 0 && (share === null || (share === 0 && isOver({ state }))))
  )
    return (
      <Text component="span" c="dimmed" size="sm">
        {isOver({ state }) ? '–' : 'not yet'}
      </Text>
    )
  return (
    <div className={classes['progress']}>
      {share !== null && (
        <Progress
          value={share * 100}
          color={state === 'failed' || state === 'cancelled' ? 'gray' : 'pine'}
          aria-label={`Progress of ${label}`}
        />
      )}
      <Text component="span" size="xs" c="dimmed" className="figures">
        {share === null ? `${frames} frames` : percentText(share)}
        {total !== null && !isOver({ state }) && `, ${frames} of ${total} frames`}
      </Text>
    </div>
  )
}

/** How far a simulation is, with all its runs. */
export function SimulationProgress({ of }: { readonly of: Simulation }) {
  return (
    <ProgressLine
      label={nameOf(of)}
      state={of.state}
      frames={of.progress.frames}
      total={of.progress.frames_total}
      share={shareOfAll(of)}
    />
  )
}
