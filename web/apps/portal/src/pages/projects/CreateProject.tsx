import { Alert, Select, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { answerOf, api } from '../../api/client.ts'
import { useMay } from '../../api/me.ts'
import { keys } from '../../api/watched.ts'
import { done } from '../../pieces/notify.ts'
import { FormModal, ModalForm, type Opened } from '../../pieces/ModalForm.tsx'
import { worldsOffered } from './asked.ts'

const OWN_PROGRAM = ''
const KINDS = [
  { value: 'python', label: 'Python world, as my.py:World' },
  { value: 'pixel_streaming', label: 'Pixel Streaming program (Unreal)' },
  { value: 'window', label: 'Program with a window' },
] as const
const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/

/** Makes a project from a world that is offered; the operator may name a program of their own. */
export function CreateProject({ isOpen, onClose }: Opened) {
  return <FormModal isOpen={isOpen} onClose={onClose} title="New project" form={Form} />
}

interface Wanted {
  readonly name: string
  readonly title: string
  readonly world: string | null
  readonly kind: (typeof KINDS)[number]['value']
  readonly program: string
  readonly isPublic: boolean
}

function Form({ onClose }: { readonly onClose: () => void }) {
  const operates = useMay('operate')
  const { data: worlds } = useQuery(worldsOffered)
  const navigate = useNavigate()
  const client = useQueryClient()
  const form = useForm<Wanted>({
    initialValues: {
      name: '',
      title: '',
      world: null,
      kind: 'python',
      program: '',
      isPublic: false,
    },
    validate: {
      name: (name) =>
        NAME.test(name)
          ? null
          : 'Small letters, digits, dots and dashes; it is part of its address.',
      world: (world) => (world === null ? 'Choose one.' : null),
      program: (program, { world }) =>
        world === OWN_PROGRAM && program.trim() === '' ? 'Say which program.' : null,
    },
  })
  const create = useMutation({
    mutationFn: ({ name, title, world, kind, program, isPublic }: typeof form.values) =>
      answerOf(
        api.POST('/v1/projects', {
          body: {
            name,
            title,
            public: isPublic,
            ...(world === OWN_PROGRAM ? { world: program.trim(), kind } : { world: world ?? '' }),
          },
        }),
      ),
    onSuccess: async (project) => {
      done(`Project ${project.name} was made.`)
      await client.invalidateQueries({ queryKey: keys.projects })
      onClose()
      void navigate(`/projects/${encodeURIComponent(project.name)}`)
    },
  })
  const offered = (worlds ?? []).map(({ name, title }) => ({
    value: name,
    label: title === '' ? name : title,
  }))
  const choices = operates
    ? [...offered, { value: OWN_PROGRAM, label: 'A program of your own …' }]
    : offered
  return (
    <ModalForm
      onSubmit={form.onSubmit((values) => {
        create.mutate(values)
      })}
      onClose={onClose}
      asked={create}
      action="Make the project"
    >
      {worlds?.length === 0 && !operates && (
        <Alert color="clay" title="No world is offered yet">
          The operator of this Diorama offers worlds to accounts: ask them to offer one.
        </Alert>
      )}
      <TextInput
        label="Name"
        description="The last part of its address, /play/name. It stays as it is."
        required
        maxLength={63}
        data-autofocus
        {...form.getInputProps('name')}
      />
      <TextInput
        label="Title"
        description="What viewers read while they wait."
        maxLength={120}
        {...form.getInputProps('title')}
      />
      <Select
        label="World"
        description="What runs for each session."
        required
        data={choices}
        {...form.getInputProps('world')}
      />
      {form.values.world === OWN_PROGRAM && (
        <>
          <Select
            label="Kind"
            data={[...KINDS]}
            allowDeselect={false}
            {...form.getInputProps('kind')}
          />
          <TextInput
            label="Program"
            description="module:Class or path/file.py:Class for Python, else a command line. It must be on the workers."
            required
            maxLength={1000}
            {...form.getInputProps('program')}
          />
        </>
      )}
      <Switch
        label="Public"
        description="Anybody who reaches this gateway may play. Else it takes a key, a ticket or a share link."
        {...form.getInputProps('isPublic', { type: 'checkbox' })}
      />
    </ModalForm>
  )
}
