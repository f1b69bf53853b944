import { Anchor, Button, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs'
import IconStack2 from '@tabler/icons-react/dist/esm/icons/IconStack2.mjs'
import { Link } from 'react-router'
import { useMay } from '../../api/me.ts'
import { projectsSeen } from '../../api/projects.ts'
import { DataTable } from '../../pieces/DataTable.tsx'
import { EmptyState } from '../../pieces/EmptyState.tsx'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { PageHeader } from '../../pieces/PageHeader.tsx'
import { Dot } from '../../pieces/StateBadge.tsx'
import { CreateProject } from './CreateProject.tsx'

/** What can be streamed. */
export default function Projects() {
  const { data: projects, error, refetch } = useQuery(projectsSeen)
  const may = useMay('projects:write')
  const [isOpen, { open, close }] = useDisclosure(false)
  const create = may && (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      New project
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Projects"
        about="Each is one thing that can be streamed, with its rules: who may play, how many at once, how long."
      >
        {create}
      </PageHeader>
      {error && projects === undefined ? (
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      ) : (
        <DataTable
          label="Projects"
          rows={projects}
          keyOf={({ id }) => id}
          columns={[
            {
              key: 'title',
              title: 'Project',
              leads: true,
              cell: ({ name, title }) => (
                <div>
                  <Anchor component={Link} to={`/projects/${encodeURIComponent(name)}`} fw={600}>
                    {title === '' ? name : title}
                  </Anchor>
                  <Text size="xs" c="dimmed">
                    {name}
                  </Text>
                </div>
              ),
            },
            {
              key: 'enabled',
              title: 'State',
              cell: ({ enabled }) =>
                enabled ? <Dot tone="good">enabled</Dot> : <Dot tone="over">disabled</Dot>,
            },
            { key: 'world', title: 'Kind of world', cell: ({ world }) => world },
            { key: 'regions', title: 'Regions', cell: ({ regions }) => regions.join(', ') },
            {
              key: 'go',
              title: 'Go to',
              mute: true,
              wide: true,
              align: 'right',
              cell: ({ name, enabled }) => (
                <Group gap="sm" justify="flex-end">
                  <Anchor component={Link} to={`/sessions?project=${encodeURIComponent(name)}`}>
                    Sessions
                  </Anchor>
                  {enabled && (
                    <Anchor href={`/play/${encodeURIComponent(name)}`} target="_blank">
                      Play
                    </Anchor>
                  )}
                </Group>
              ),
            },
          ]}
          empty={
            <EmptyState icon={IconStack2} title="No project yet" actions={create}>
              A project says what is streamed, such as one of the worlds that the operator offers,
              and by which rules. Once it exists, its page can be opened, framed and shared.
            </EmptyState>
          }
        />
      )}
      <CreateProject isOpen={isOpen} onClose={close} />
    </>
  )
}
