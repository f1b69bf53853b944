import IconVideo from '@tabler/icons-react/dist/esm/icons/IconVideo.mjs'
import { Link } from 'react-router'
import { fileOf, type Recording } from '../../api/recordings.ts'
import { Moment } from '../../pieces/Moment.tsx'
import { clockText } from '../../pieces/spans.ts'
import { StateBadge } from '../../pieces/StateBadge.tsx'
import classes from './Recordings.module.css'
import { nameOf, US_PER_S } from './words.ts'

/** Recordings by their pictures, beside each other. */
export function RecordingGrid({
  recordings,
  named,
}: {
  readonly recordings: readonly Recording[]
  /** What a card is called by: where all are of one simulation, its script alone. */
  readonly named: 'source' | 'script'
}) {
  return (
    <ul className={classes['grid']}>
      {recordings.map((recording) => (
        <li key={recording.id} className={classes['card']}>
          <Link to={`/recordings/${recording.id}`} className={classes['link'] ?? ''}>
            <Picture recording={recording} />
            <span className={classes['words']}>
              <span className={classes['name']}>
                {named === 'script' && recording.source.script !== null
                  ? `Script ${recording.source.script + 1}`
                  : nameOf(recording)}
              </span>
              <span className={classes['more']}>
                <Moment at={recording.created_at} />
                {recording.duration_us !== null &&
                  `, ${clockText(recording.duration_us / US_PER_S)}`}
                {recording.width !== null && `, ${recording.width} × ${recording.height ?? 0}`}
              </span>
              {recording.state !== 'ready' && <StateBadge state={recording.state} />}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

function Picture({ recording }: { readonly recording: Recording }) {
  const file = fileOf(recording, 'thumbnail.jpg')
  if (file === undefined) {
    return (
      <span className={classes['picture']}>
        <IconVideo size={28} stroke={1.4} />
      </span>
    )
  }
  return <img className={classes['picture']} src={file.url} alt="" loading="lazy" />
}
