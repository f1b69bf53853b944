import { Group, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './PageHeader.module.css'

/** What a page begins with: its name, what it is for, and what can be done on all of it. */
export function PageHeader({
  title,
  about,
  above,
  children,
}: {
  readonly title: string
  /** One sentence for somebody who sees the page for the first time. */
  readonly about?: ReactNode
  /** The way back, on a page of one thing. */
  readonly above?: ReactNode
  /** Buttons. */
  readonly children?: ReactNode
}) {
  return (
    <header className={classes['header']}>
      <title>{`${title} · Diorama`}</title>
      <div className={classes['text']}>
        {above !== undefined && <div className={classes['above']}>{above}</div>}
        <Title order={1}>{title}</Title>
        {about !== undefined && (
          <Text c="dimmed" mt={2} maw="42rem">
            {about}
          </Text>
        )}
      </div>
      {children !== undefined && <Group gap="xs">{children}</Group>}
    </header>
  )
}

/** A part of a page: a name, buttons beside it, and what it holds. */
export function Part({
  title,
  about,
  actions,
  children,
}: {
  readonly title: string
  readonly about?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}) {
  return (
    <section className={classes['part']} aria-label={title}>
      <div className={classes['partHead']}>
        <div>
          <Title order={2}>{title}</Title>
          {about !== undefined && (
            <Text size="sm" c="dimmed">
              {about}
            </Text>
          )}
        </div>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </div>
      {children}
    </section>
  )
}
