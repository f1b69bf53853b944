import {
  Anchor,
  Button,
  Card,
  Group,
  NumberInput,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { type Submission, useSubmit } from '../../api/simulations.ts'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { PageHeader, Part } from '../../pieces/PageHeader.tsx'
import { projectFault, ProjectSelect } from '../../pieces/ProjectSelect.tsx'
import { CueRows, FIRST_ROWS } from './CueRows.tsx'
import { faultOf, readScripts, type Row, scriptOf, scriptText } from './scripts.ts'
import classes from './Simulations.module.css'

const SIZES = [
  { value: '', label: 'as the world renders' },
  { value: '640x360', label: '640 × 360' },
  { value: '1280x720', label: '1280 × 720' },
  { value: '1920x1080', label: '1920 × 1080' },
] as const

interface Wanted {
  readonly project: string | null
  readonly name: string
  readonly size: string
  readonly fps: number | ''
  readonly seed: number | ''
  readonly endUser: string
}

type How = 'rows' | 'json'

/** Where scripts are written and submitted; what is sent stands beside them, so that it is learnt. */
export default function NewSimulation() {
  const [search] = useSearchParams()
  const [how, setHow] = useState<How>('rows')
  const [rows, setRows] = useState<readonly Row[]>(FIRST_ROWS)
  const [lengthS, setLengthS] = useState(10)
  const [json, setJson] = useState('')
  const submit = useSubmit()
  const navigate = useNavigate()
  const form = useForm<Wanted>({
    initialValues: {
      project: search.get('project'),
      name: '',
      size: '',
      fps: '',
      seed: '',
      endUser: '',
    },
    validate: { project: projectFault },
  })
  const script = scriptOf(rows, lengthS)
  const read = how === 'json' ? readScripts(json) : { scripts: [script] }
  const hasFault =
    how === 'rows' ? rows.some((row) => faultOf(row, lengthS) !== null) : 'fault' in read
  const choose = (next: How): void => {
    if (next === 'json') setJson(scriptText(script))
    setHow(next)
  }
  return (
    <>
      <PageHeader
        title="New simulation"
        about="What happens in the world, and when. Times are the world’s own: ten seconds may render in one."
        above={
          <Anchor component={Link} to="/simulations">
            Simulations
          </Anchor>
        }
      />
      <form
        onSubmit={form.onSubmit((wanted) => {
          if (hasFault || 'fault' in read) return
          submit.mutate(submissionOf(wanted, read.scripts), {
            onSuccess: ({ id }) => void navigate(`/simulations/${id}`),
          })
        })}
      >
        <Card>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <ProjectSelect {...form.getInputProps('project')} />
            <TextInput
              label="Name"
              description="What lists call it."
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              maxLength={120}
              {...form.getInputProps('name')}
            />
          </SimpleGrid>
        </Card>
        <Part
          title="Script"
          actions={
            <SegmentedControl
              aria-label="How to write it"
              data={[
                { value: 'rows', label: 'Steps' },
                { value: 'json', label: 'JSON' },
              ]}
              value={how}
              onChange={choose}
            />
          }
        >
          <Card>
            {how === 'rows' ? (
              <CueRows rows={rows} lengthS={lengthS} onRows={setRows} onLength={setLengthS} />
            ) : (
              <Textarea
                className={classes['json'] ?? ''}
                label="Cues, the last of which is the end"
                description="A list of such lists is many scripts: each runs by itself, up to 100."
                autosize
                minRows={8}
                maxRows={24}
                spellCheck={false}
                value={json}
                error={'fault' in read ? read.fault : null}
                onChange={(event) => {
                  setJson(event.currentTarget.value)
                }}
              />
            )}
          </Card>
        </Part>
        {how === 'rows' && (
          <Part title="What is sent" about="The same as JSON: for the API, the SDKs and a file.">
            <pre className={classes['shape']} tabIndex={0} aria-label="The script as JSON">
              {scriptText(script)}
            </pre>
          </Part>
        )}
        <Part title="Pictures">
          <Card>
            <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
              <Select
                label="Size"
                allowDeselect={false}
                data={[...SIZES]}
                {...form.getInputProps('size')}
              />
              <NumberInput
                label="Frames a second"
                placeholder="as the world renders"
                min={1}
                max={120}
                allowDecimal={false}
                {...form.getInputProps('fps')}
              />
              <NumberInput
                label="Seed"
                description="The same seed and script give the same frames, where a world is deterministic."
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                placeholder="one is made up"
                min={0}
                max={2 ** 48 - 1}
                allowDecimal={false}
                hideControls
                {...form.getInputProps('seed')}
              />
              <TextInput
                label="End user"
                description="For whom it is, in usage."
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                maxLength={120}
                {...form.getInputProps('endUser')}
              />
            </SimpleGrid>
          </Card>
        </Part>
        <Stack mt="lg" gap="sm">
          {submit.error && <ErrorNotice error={submit.error} />}
          <Group justify="flex-end" gap="sm">
            {hasFault && (
              <Text size="sm" c="dimmed">
                The script is not whole yet.
              </Text>
            )}
            <Button type="submit" loading={submit.isPending} disabled={hasFault}>
              Submit the simulation
            </Button>
          </Group>
        </Stack>
      </form>
    </>
  )
}

function submissionOf(
  { project, name, size, fps, seed, endUser }: Wanted,
  scripts: Submission['scripts'],
): Submission {
  const [width, height] = size === '' ? [null, null] : size.split('x').map(Number)
  return {
    project: project ?? '',
    scripts: scripts ?? [],
    ...(name.trim() !== '' && { name: name.trim() }),
    ...(endUser.trim() !== '' && { end_user: endUser.trim() }),
    ...(seed !== '' && { seed }),
    frame: { width: width ?? null, height: height ?? null, fps: fps === '' ? null : fps },
  }
}
