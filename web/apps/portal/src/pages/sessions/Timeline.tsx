import { Text } from '@mantine/core'
import type { Schemas } from '../../api/client.ts'
import { StateBadge } from '../../pieces/StateBadge.tsx'
import { actorText, factTexts, sinceText, stampText } from './story.ts'
import classes from './Timeline.module.css'

type Entry = Schemas['TimelineEntry']

/** What happened, the first first; each with when, whose doing it was, and why. */
export function Timeline({ entries }: { readonly entries: readonly Entry[] }) {
  const first = entries[0]
  if (first === undefined) return <Text c="dimmed">Nothing was written down yet.</Text>
  return (
    <ol className={classes['timeline']}>
      {entries.map((entry, at) => (
        <One
          key={`${entry.at} ${at}`}
          entry={entry}
          start={first.at}
          isNew={entries[at - 1]?.state !== entry.state && !entry.note}
        />
      ))}
    </ol>
  )
}

function One({
  entry,
  start,
  isNew,
}: {
  readonly entry: Entry
  readonly start: string
  readonly isNew: boolean
}) {
  const facts = factTexts(entry.facts)
  return (
    <li className={classes['entry']} data-note={entry.note}>
      <div className={classes['when']}>
        <time dateTime={entry.at} title={entry.at}>
          {stampText(entry.at)}
        </time>
        <span>{sinceText(start, entry.at)}</span>
      </div>
      <div className={classes['what']}>
        {isNew && <StateBadge state={entry.state} />}
        <p>{entry.text}</p>
        <ul className={classes['facts']}>
          <li>
            <span>{actorText(entry.actor)}</span>
            {entry.cause !== '' && <code>{entry.cause}</code>}
          </li>
          {facts.map(([name, value]) => (
            <li key={name}>
              <span>{name}</span> {value}
            </li>
          ))}
        </ul>
      </div>
    </li>
  )
}
