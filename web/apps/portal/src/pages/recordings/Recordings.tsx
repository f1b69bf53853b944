import { Button, Group, SegmentedControl, Select, Skeleton } from '@mantine/core'
import IconVideo from '@tabler/icons-react/dist/esm/icons/IconVideo.mjs'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useSearchParams } from 'react-router'
import { useMay } from '../../api/me.ts'
import { projectsSeen } from '../../api/projects.ts'
import { type RecordingFilter, recordingsThat } from '../../api/recordings.ts'
import { EmptyState } from '../../pieces/EmptyState.tsx'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { NothingFits } from '../../pieces/NothingFits.tsx'
import { PageHeader } from '../../pieces/PageHeader.tsx'
import { RecordingGrid } from './RecordingGrid.tsx'

const SOURCES = [
  { value: 'all', label: 'All' },
  { value: 'session', label: 'Sessions' },
  { value: 'simulation', label: 'Simulations' },
] as const

/** What was kept of sessions and simulations. */
export default function Recordings() {
  const [search, setSearch] = useSearchParams()
  const { data: projects } = useQuery(projectsSeen)
  const source = SOURCES.find(({ value }) => value === search.get('source'))?.value ?? 'all'
  const project = search.get('project')
  const put = (name: string, value: string | null): void => {
    const next = new URLSearchParams(search)
    if (value === null || value === 'all') next.delete(name)
    else next.set(name, value)
    setSearch(next, { replace: true })
  }
  return (
    <>
      <PageHeader
        title="Recordings"
        about="Videos of simulations, and of the sessions of projects that record. They are deleted when their time is over."
      />
      <Group mb="sm" gap="sm">
        <SegmentedControl
          aria-label="Of what"
          data={[...SOURCES]}
          value={source}
          onChange={(value) => {
            put('source', value)
          }}
        />
        <Select
          aria-label="Project"
          placeholder="Any project"
          clearable
          w="12rem"
          data={(projects ?? []).map(({ name }) => name)}
          value={project}
          onChange={(value) => {
            put('project', value)
          }}
        />
      </Group>
      <Found
        fit={{ ...(source !== 'all' && { source }), ...(project !== null && { project }) }}
        onClear={() => {
          setSearch({}, { replace: true })
        }}
      />
    </>
  )
}

function Found({ fit, onClear }: { readonly fit: RecordingFilter; readonly onClear: () => void }) {
  const asked = useInfiniteQuery(recordingsThat(fit))
  const found = asked.data?.pages.flatMap(({ recordings }) => recordings)
  if (found === undefined) {
    return asked.error ? (
      <ErrorNotice error={asked.error} onRetry={() => void asked.refetch()} />
    ) : (
      <Skeleton height={160} aria-busy />
    )
  }
  if (found.length === 0) return <Nothing fit={fit} onClear={onClear} />
  return (
    <>
      <RecordingGrid recordings={found} named="source" />
      {asked.hasNextPage && (
        <Button
          variant="default"
          mt="md"
          loading={asked.isFetchingNextPage}
          onClick={() => void asked.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </>
  )
}

function Nothing({
  fit,
  onClear,
}: {
  readonly fit: RecordingFilter
  readonly onClear: () => void
}) {
  const maySimulate = useMay('simulations:write')
  if (Object.keys(fit).length > 0) {
    return <NothingFits what="recording" onClear={onClear} />
  }
  return (
    <EmptyState
      icon={IconVideo}
      title="Nothing was recorded yet"
      actions={
        <>
          {maySimulate && (
            <Button component={Link} to="/simulations/new">
              New simulation
            </Button>
          )}
          <Button component={Link} to="/projects" variant="default">
            Projects
          </Button>
        </>
      }
    >
      Each script of a simulation leaves a recording. Sessions are recorded where their project says
      so: turn on <strong>Record sessions</strong> among its rules.
    </EmptyState>
  )
}
