import { Anchor, Tooltip } from '@mantine/core'
import { Link } from 'react-router'
import type { Worker } from './asked.ts'
import classes from './Slots.module.css'

const MANY = 16

/** A worker's slots beside each other; one that is held leads to its session. */
export function Slots({ worker }: { readonly worker: Worker }) {
  const { slots, load } = worker
  return (
    <div>
      <div className={classes['slots']}>
        {slots.slice(0, MANY).map(({ index, state, session }) => {
          const said = `Slot ${index}: ${state}`
          const mark = <span className={classes['slot']} data-state={state} />
          return (
            <Tooltip key={index} label={said}>
              {session === null ? (
                <span role="img" aria-label={said}>
                  {mark}
                </span>
              ) : (
                <Anchor
                  component={Link}
                  to={`/sessions/${session}`}
                  aria-label={`${said}, its session`}
                >
                  {mark}
                </Anchor>
              )}
            </Tooltip>
          )
        })}
      </div>
      <span className={classes['count']}>
        {load.held} of {load.slots} held
      </span>
    </div>
  )
}
