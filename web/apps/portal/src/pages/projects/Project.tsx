import {
  Anchor,
  Button,
  Card,
  Group,
  Stack,
  Switch,
  Tabs,
  TagsInput,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import IconExternalLink from '@tabler/icons-react/dist/esm/icons/IconExternalLink.mjs'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { answerOf, api } from '../../api/client.ts'
import { useMay } from '../../api/me.ts'
import { keys } from '../../api/watched.ts'
import { confirm } from '../../pieces/confirm.tsx'
import { CopyBox } from '../../pieces/CopyBox.tsx'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { Facts } from '../../pieces/Facts.tsx'
import { done, failed } from '../../pieces/notify.ts'
import { PageHeader, Part } from '../../pieces/PageHeader.tsx'
import { Dot } from '../../pieces/StateBadge.tsx'
import { type OwnProject, ownProject, useChange } from './asked.ts'
import { Lines } from './Lines.tsx'
import { Rules } from './Rules.tsx'

const TABS = ['rules', 'about', 'line', 'embed'] as const

/** One project: whether it is on, its rules, its line, and where it is played. */
export default function Project() {
  const { name = '' } = useParams()
  const { data: project, error, refetch } = useQuery(ownProject(name))
  const [search, setSearch] = useSearchParams()
  const tab = TABS.find((one) => one === search.get('show')) ?? 'rules'
  const back = (
    <Anchor component={Link} to="/projects">
      Projects
    </Anchor>
  )
  if (project === undefined) {
    return (
      <>
        <PageHeader title={name} above={back} />
        {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      </>
    )
  }
  return (
    <>
      <PageHeader title={project.title === '' ? project.name : project.title} above={back}>
        <Button
          component="a"
          href={`/play/${encodeURIComponent(project.name)}`}
          target="_blank"
          variant="default"
          rightSection={<IconExternalLink size={16} />}
        >
          Play
        </Button>
      </PageHeader>
      <State project={project} />
      <Tabs
        mt="lg"
        value={tab}
        onChange={(next) => {
          setSearch(next === 'rules' || next === null ? {} : { show: next }, { replace: true })
        }}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="rules">Rules</Tabs.Tab>
          <Tabs.Tab value="about">About</Tabs.Tab>
          <Tabs.Tab value="line">Line</Tabs.Tab>
          <Tabs.Tab value="embed">Embed</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="rules">
          <Rules key={project.id} project={project} />
        </Tabs.Panel>
        <Tabs.Panel value="about">
          <About key={project.version} project={project} />
        </Tabs.Panel>
        <Tabs.Panel value="line">
          <Lines name={project.name} />
        </Tabs.Panel>
        <Tabs.Panel value="embed">
          <Addresses project={project} />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}

function State({ project }: { readonly project: OwnProject }) {
  const may = useMay('projects:write')
  const operates = useMay('operate')
  const change = useChange(project)
  const put = (body: Parameters<typeof change.mutate>[0], said: string): void => {
    change.mutate(body, {
      onSuccess: () => {
        done(said)
      },
      onError: (error) => {
        failed('The project was not changed', error)
      },
    })
  }
  const turn = (isOn: boolean): void => {
    if (isOn) {
      put({ enabled: true }, 'The project is enabled.')
      return
    }
    confirm({
      title: `Disable ${project.name}?`,
      about: 'Nobody can open it, and all who play or wait now are ended at once (4000).',
      action: 'Disable the project',
      act: () => {
        put({ enabled: false }, 'The project is disabled: its sessions were ended.')
      },
    })
  }
  return (
    <Card>
      <Stack gap="md">
        <Facts
          facts={[
            [
              'State',
              project.enabled ? <Dot tone="good">enabled</Dot> : <Dot tone="over">disabled</Dot>,
            ],
            ['Name', project.name],
            ['Made from', project.made_from],
            ['Kind of world', project.world],
            ['Regions', project.regions.join(', ')],
            ['Pool', project.pool],
          ]}
        />
        <Group gap="xl" align="flex-start">
          <Switch
            label="Enabled"
            description="Off ends its sessions at once."
            checked={project.enabled}
            disabled={!may || change.isPending}
            onChange={(event) => {
              turn(event.currentTarget.checked)
            }}
          />
          <Switch
            label="Public"
            description="Anybody who reaches this gateway may play."
            checked={project.public}
            disabled={!may || change.isPending}
            onChange={(event) => {
              const isPublic = event.currentTarget.checked
              put(
                { public: isPublic },
                isPublic ? 'Anybody may play it.' : 'It takes a key, a ticket or a share link now.',
              )
            }}
          />
          {operates && (
            <Switch
              label="Offered"
              description="Other accounts may make projects from its world."
              checked={project.offered}
              disabled={change.isPending}
              onChange={(event) => {
                const offered = event.currentTarget.checked
                put(
                  { offered },
                  offered ? 'Its world is offered to accounts.' : 'Its world is offered no more.',
                )
              }}
            />
          )}
        </Group>
      </Stack>
    </Card>
  )
}

function About({ project }: { readonly project: OwnProject }) {
  const may = useMay('projects:write')
  const change = useChange(project)
  const form = useForm({
    initialValues: {
      title: project.title,
      description: project.description,
      prompts: [...project.prompts],
    },
  })
  return (
    <Stack gap={0}>
      <Card>
        <form
          onSubmit={form.onSubmit((values) => {
            change.mutate(values, {
              onSuccess: () => {
                done('What viewers read was changed.')
              },
            })
          })}
        >
          <Stack gap="sm" align="flex-start">
            <TextInput
              w="100%"
              label="Title"
              maxLength={120}
              readOnly={!may}
              {...form.getInputProps('title')}
            />
            <Textarea
              w="100%"
              label="Description"
              description="Shown on the start page and while a viewer waits."
              maxLength={2000}
              readOnly={!may}
              {...form.getInputProps('description')}
            />
            <TagsInput
              w="100%"
              label="Prompts"
              description="Starters that the player offers for a world which takes prompts."
              maxTags={32}
              splitChars={[]}
              readOnly={!may}
              {...form.getInputProps('prompts')}
            />
            {change.error && <ErrorNotice error={change.error} />}
            {may && (
              <Button type="submit" variant="default" loading={change.isPending}>
                Save
              </Button>
            )}
          </Stack>
        </form>
      </Card>
      {may && <Delete project={project} />}
    </Stack>
  )
}

function Delete({ project }: { readonly project: OwnProject }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const remove = useMutation({
    mutationFn: () =>
      answerOf(api.DELETE('/v1/projects/{name}', { params: { path: { name: project.name } } })),
    onSuccess: async () => {
      done(`Project ${project.name} is gone; its history is kept.`)
      await navigate('/projects')
      await client.invalidateQueries({ queryKey: keys.projects })
    },
  })
  return (
    <Part
      title="Delete the project"
      about="Past sessions and usage stay. The name is not free again."
    >
      <Stack align="flex-start" gap="sm">
        {remove.error && <ErrorNotice error={remove.error} />}
        <Button
          color="red"
          variant="light"
          loading={remove.isPending}
          onClick={() => {
            confirm({
              title: `Delete project ${project.name}?`,
              about: 'It cannot be brought back. It must have no sessions: disable it first.',
              action: 'Delete it',
              act: () => {
                remove.mutate()
              },
            })
          }}
        >
          Delete the project
        </Button>
      </Stack>
    </Part>
  )
}

function Addresses({ project }: { readonly project: OwnProject }) {
  const path = encodeURIComponent(project.name)
  const frame = `<iframe src="${location.origin}/embed/${path}"\n  allow="autoplay; fullscreen; gamepad; clipboard-write"\n  style="border:0;width:100%;aspect-ratio:16/9"></iframe>`
  return (
    <Stack gap="lg">
      <div>
        <Text fw={600} mb={4}>
          The player
        </Text>
        <CopyBox text={`${location.origin}/play/${path}`} label="the player’s address" />
      </div>
      <div>
        <Text fw={600} mb={4}>
          In a page of yours
        </Text>
        <CopyBox text={frame} label="the frame’s code" />
        <Text size="sm" c="dimmed" mt={6}>
          The page’s origin must be among the rule “Pages that may frame the player”.
        </Text>
      </div>
      {!project.public && (
        <Text size="sm" c="dimmed">
          This project is not public: its viewers need a{' '}
          <Anchor component={Link} to="/share-links">
            share link
          </Anchor>{' '}
          or a ticket that your server mints with an{' '}
          <Anchor component={Link} to="/keys">
            API key
          </Anchor>
          .
        </Text>
      )}
    </Stack>
  )
}
