import { useLiveState } from '../api/LiveFeed.tsx'
import { Dot } from './StateBadge.tsx'
import classes from './LiveState.module.css'

/** Whether what is shown is of this moment. */
export function LiveState() {
  const isLive = useLiveState() === 'live'
  return (
    <div className={classes['state']} role="status">
      <Dot tone={isLive ? 'good' : 'warn'}>{isLive ? 'Live' : 'Asking every few seconds'}</Dot>
    </div>
  )
}
