import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './Figure.module.css'

/** Figures beside each other. */
export function Figures({ children }: { readonly children: ReactNode }) {
  return <dl className={classes['figures']}>{children}</dl>
}

/** One figure: what it is, how much, and what it is measured against. */
export function Figure({
  label,
  value,
  of,
  note,
  share,
  tone = 'good',
}: {
  readonly label: string
  readonly value: ReactNode
  /** What it may be at most, or belongs to. */
  readonly of?: ReactNode
  readonly note?: ReactNode
  /** How much of the most it is, 0 to 1, drawn as a line. */
  readonly share?: number | null
  readonly tone?: 'good' | 'warn' | 'bad'
}) {
  return (
    <div className={classes['figure']}>
      <dt>{label}</dt>
      <dd>
        <span className={classes['value']}>{value}</span>{' '}
        {of !== undefined && <span className={classes['of']}>of {of}</span>}
        {share !== undefined && share !== null && (
          <svg
            className={classes['share']}
            data-tone={tone}
            viewBox="0 0 100 1"
            preserveAspectRatio="none"
            aria-hidden="true"
          >
            <rect width="100" height="1" />
            <rect width={Math.min(1, Math.max(0, share)) * 100} height="1" />
          </svg>
        )}
        {note !== undefined && (
          <Text component="span" size="xs" c="dimmed" display="block" mt={4}>
            {note}
          </Text>
        )}
      </dd>
    </div>
  )
}
