import { Tooltip } from '@mantine/core'
import { agoText, clockText, momentText, spanText } from './spans.ts'
import { useNow } from './useNow.ts'

interface At {
  /** ISO 8601, as the API gives it. */
  readonly at: string
}

/** An instant in the reader's time zone; pointing at it tells it in UTC. */
export function Moment({ at }: At) {
  const now = useNow()
  return <Told at={at} text={momentText(new Date(at), new Date(now))} />
}

/** How long ago an instant was. */
export function Ago({ at }: At) {
  const now = useNow()
  return <Told at={at} text={agoText(new Date(at), new Date(now))} />
}

/** For how long something has been so. */
export function For({ at }: At) {
  const now = useNow()
  return <Told at={at} text={`for ${spanText((now - Date.parse(at)) / 1000)}`} />
}

/** How long something lasts, or lasted: from an instant to another, or to now. */
export function Lasting({ from, to }: { readonly from: string; readonly to: string | null }) {
  const now = useNow()
  const end = to === null ? now : Date.parse(to)
  return <time dateTime={from}>{clockText((end - Date.parse(from)) / 1000)}</time>
}

/** A length in its two largest units. */
export function Span({ seconds }: { readonly seconds: number }) {
  return <span className="figures">{spanText(seconds)}</span>
}

function Told({ at, text }: At & { readonly text: string }) {
  return (
    <Tooltip
      label={new Date(at)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, ' UTC')}
    >
      <time dateTime={at}>{text}</time>
    </Tooltip>
  )
}
