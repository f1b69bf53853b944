import { Group, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Icon } from '../app/registry.ts'
import classes from './EmptyState.module.css'

/** Where there is nothing yet: what would be here, and the next step. */
export function EmptyState({
  icon: Shown,
  title,
  children,
  actions,
}: {
  readonly icon: Icon
  readonly title: string
  readonly children: ReactNode
  readonly actions?: ReactNode
}) {
  return (
    <div className={classes['empty']}>
      <span className={classes['icon']}>
        <Shown size={24} stroke={1.6} />
      </span>
      <Title order={2}>{title}</Title>
      <Text component="div" c="dimmed" maw="34rem">
        {children}
      </Text>
      {actions !== undefined && (
        <Group gap="xs" justify="center" mt="sm">
          {actions}
        </Group>
      )}
    </div>
  )
}
