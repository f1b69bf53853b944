import { Alert, Anchor, Button, Group, Menu, Paper, Switch, Text } from '@mantine/core'
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs'
import IconPlayerStop from '@tabler/icons-react/dist/esm/icons/IconPlayerStop.mjs'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { answerOf, api } from '../../api/client.ts'
import { useRefresh } from '../../api/LiveFeed.tsx'
import { useMay } from '../../api/me.ts'
import { isOver, type Session as SessionView, timelineOf, useEnd } from '../../api/sessions.ts'
import { keys } from '../../api/watched.ts'
import { confirm } from '../../pieces/confirm.tsx'
import { CopyCode } from '../../pieces/CopyBox.tsx'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { Facts } from '../../pieces/Facts.tsx'
import { Lasting, Moment } from '../../pieces/Moment.tsx'
import { done, failed } from '../../pieces/notify.ts'
import { PageHeader, Part } from '../../pieces/PageHeader.tsx'
import { spanText } from '../../pieces/spans.ts'
import { StateBadge } from '../../pieces/StateBadge.tsx'
import { Spectators } from './Spectators.tsx'
import { Quality } from './Quality.tsx'
import { inOrder } from './story.ts'
import { Timeline } from './Timeline.tsx'
import { viewerOf } from './SessionTable.tsx'

function isNoMeasurement({ kind }: { readonly kind: string }): boolean {
  return kind !== 'quality'
}

/** One session: how it stands, why it ended, and everything that happened in it. */
export default function Session() {
  const { id = '' } = useParams()
  const refetchInterval = useRefresh()
  const { data, error, refetch } = useQuery({
    ...timelineOf(id),
    refetchInterval: ({ state }) =>
      state.data && isOver(state.data.session) ? false : refetchInterval,
  })
  const [withAll, setWithAll] = useState(false)
  const back = (
    <Anchor component={Link} to="/sessions">
      Sessions
    </Anchor>
  )
  if (data === undefined) {
    return (
      <>
        <PageHeader title="Session" above={back} />
        {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      </>
    )
  }
  const { session, sentence, hint, entries, complete } = data
  return (
    <>
      <PageHeader title={`${viewerOf(session)} in ${session.project}`} above={back}>
        {!isOver(session) && <Acts session={session} />}
      </PageHeader>
      <Paper withBorder p="md" radius="lg" bg="var(--portal-raised)">
        <Group gap="sm" mb={4}>
          <StateBadge state={session.state} />
          {session.end !== null && (
            <Text size="sm" c="dimmed">
              {session.end.code} {session.end.name}, reason <code>{session.end.reason}</code>
            </Text>
          )}
        </Group>
        <Text fz="lg">{sentence}</Text>
      </Paper>
      {hint !== null && (
        <Alert color="clay" mt="md" title="What may help">
          {hint}
        </Alert>
      )}
      <About session={session} />
      {!isOver(session) && session.attachment > 0 && <Spectators session={session} />}
      <Quality entries={entries} />
      <Part
        title="Timeline"
        actions={
          <Switch
            label="Every measurement"
            checked={withAll}
            onChange={(event) => {
              setWithAll(event.currentTarget.checked)
            }}
          />
        }
      >
        <Timeline entries={inOrder(withAll ? entries : entries.filter(isNoMeasurement))} />
        {!complete && (
          <Text size="sm" c="dimmed" mt="sm">
            This session went through more than is shown here.
          </Text>
        )}
      </Part>
    </>
  )
}

function About({ session }: { readonly session: SessionView }) {
  return (
    <Part title="Facts">
      <Facts
        facts={[
          ['Session', <CopyCode key="id" text={session.id} label="session id" />],
          [
            'Project',
            <Anchor key="project" component={Link} to={`/projects/${session.project}`}>
              {session.project}
            </Anchor>,
          ],
          ['Region', session.region],
          ['Worker', session.worker],
          ['End user', session.end_user],
          ['Device', session.device],
          ['Asked for by', session.source],
          ['Priority', session.priority],
          ['Watched by', session.spectators > 0 && `${session.spectators} more`],
          [
            'Recording',
            session.recording && (
              <Anchor component={Link} to={`/recordings/${session.recording}`}>
                {isOver(session) ? 'watch it' : 'it is being recorded'}
              </Anchor>
            ),
          ],
          ['Asked at', <Moment key="created" at={session.created_at} />],
          ['First frame', session.first_frame_at && <Moment at={session.first_frame_at} />],
          [
            'Runs until',
            session.runs_until && !isOver(session) && <Moment at={session.runs_until} />,
          ],
          ['Ended', session.ended_at && <Moment at={session.ended_at} />],
          [
            isOver(session) ? 'Duration' : 'Duration so far',
            <Lasting key="lasts" from={session.created_at} to={session.ended_at} />,
          ],
        ]}
      />
    </Part>
  )
}

const MORE_S = [300, 900, 1_800, 3_600] as const

function Acts({ session }: { readonly session: SessionView }) {
  const mayAct = useMay('sessions:write')
  const client = useQueryClient()
  const end = useEnd()
  const extend = useMutation({
    mutationFn: (seconds: number) =>
      answerOf(
        api.POST('/v1/sessions/{session_id}/extend', {
          params: { path: { session_id: session.id } },
          body: { seconds },
        }),
      ),
    onSuccess: (_, seconds) => {
      done(`The session may run ${spanText(seconds)} longer.`)
      return client.invalidateQueries({ queryKey: keys.timeline(session.id) })
    },
    onError: (error) => {
      failed('The session runs no longer than before', error)
    },
  })
  if (!mayAct) return null
  const ask = (): void => {
    confirm({
      title: 'End this session?',
      about: 'Its viewer is told that an operator ended it, and its slot is free within a second.',
      action: 'End the session',
      act: () => {
        end.mutate([session.id])
      },
    })
  }
  return (
    <>
      {session.runs_until !== null && (
        <Menu>
          <Menu.Target>
            <Button
              variant="default"
              rightSection={<IconChevronDown size={16} />}
              loading={extend.isPending}
            >
              Give more time
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {MORE_S.map((seconds) => (
              <Menu.Item
                key={seconds}
                onClick={() => {
                  extend.mutate(seconds)
                }}
              >
                {spanText(seconds)} more
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <Button
        color="red"
        variant="light"
        leftSection={<IconPlayerStop size={16} />}
        onClick={ask}
        loading={end.isPending}
      >
        End the session
      </Button>
    </>
  )
}
