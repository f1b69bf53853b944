import { Center, Paper, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, Suspense } from 'react'
import { Outlet } from 'react-router'
import icon from './icon.svg'
import classes from './Outside.module.css'
import { Waiting } from '../pieces/Waiting.tsx'

/** What pages for people who are not signed in stand in. */
export function Outside() {
  return (
    <main className={classes['outside']}>
      <Suspense fallback={<Waiting height="50vh" />}>
        <Outlet />
      </Suspense>
    </main>
  )
}

/** One question on a page of its own: a title, what it is about, and a form. */
export function Card({
  title,
  about,
  children,
}: {
  readonly title: string
  readonly about?: ReactNode
  readonly children: ReactNode
}) {
  return (
    <Center>
      <Paper withBorder radius="lg" className={classes['card']}>
        <title>{`${title} · Diorama`}</title>
        <Stack gap="lg">
          <div>
            <img src={icon} alt="" width={40} height={40} />
            <Title order={1} mt="md">
              {title}
            </Title>
            {about !== undefined && (
              <Text c="dimmed" mt={6}>
                {about}
              </Text>
            )}
          </div>
          {children}
        </Stack>
      </Paper>
    </Center>
  )
}
