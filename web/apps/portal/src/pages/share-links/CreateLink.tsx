import { NumberInput, Select, SimpleGrid, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { SecretBox } from '../../pieces/SecretBox.tsx'
import { FormModal, ModalForm, ModalMade, type Opened } from '../../pieces/ModalForm.tsx'
import { projectFault, ProjectSelect } from '../../pieces/ProjectSelect.tsx'
import { useCreate } from './asked.ts'

const LIVES = [
  { value: '3600', label: 'an hour' },
  { value: '86400', label: 'a day' },
  { value: '604800', label: 'a week' },
  { value: '2592000', label: '30 days' },
  { value: '', label: 'until it is revoked' },
] as const

/** Makes a link to a project. */
export function CreateLink({ isOpen, onClose }: Opened) {
  return <FormModal isOpen={isOpen} onClose={onClose} title="New share link" form={Form} />
}

interface Wanted {
  readonly project: string | null
  readonly name: string
  readonly life: string
  readonly uses: number | ''
  readonly concurrent: number | ''
}

function Form({ onClose }: { readonly onClose: () => void }) {
  const create = useCreate()
  const form = useForm<Wanted>({
    initialValues: {
      project: null,
      name: '',
      life: '604800',
      uses: '',
      concurrent: '',
    },
    validate: { project: projectFault },
  })
  if (create.data !== undefined) {
    return (
      <ModalMade onClose={onClose}>
        <SecretBox secret={new URL(create.data.url, location.origin).href} label="the link">
          <Text size="sm">Send it to whoever is to play {create.data.link.project}.</Text>
        </SecretBox>
      </ModalMade>
    )
  }
  return (
    <ModalForm
      onSubmit={form.onSubmit(({ project, name, life, uses, concurrent }) => {
        create.mutate({
          project: project ?? '',
          name,
          expires_in_s: life === '' ? null : Number(life),
          uses: uses === '' ? null : uses,
          concurrent: concurrent === '' ? null : concurrent,
        })
      })}
      onClose={onClose}
      asked={create}
      action="Make the link"
    >
      <ProjectSelect {...form.getInputProps('project')} />
      <TextInput
        label="Name"
        description="Whom it is for; only you see it."
        maxLength={120}
        {...form.getInputProps('name')}
      />
      <Select
        label="It works for"
        allowDeselect={false}
        data={[...LIVES]}
        {...form.getInputProps('life')}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <NumberInput
          label="Sessions in all"
          placeholder="no limit"
          min={1}
          max={1_000_000}
          allowDecimal={false}
          {...form.getInputProps('uses')}
        />
        <NumberInput
          label="Sessions at once"
          placeholder="no limit"
          min={1}
          max={100_000}
          allowDecimal={false}
          {...form.getInputProps('concurrent')}
        />
      </SimpleGrid>
    </ModalForm>
  )
}
