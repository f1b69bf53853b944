import {
  Autocomplete,
  Badge,
  Button,
  Group,
  MultiSelect,
  Popover,
  Stack,
  TextInput,
} from '@mantine/core'
import IconFilter from '@tabler/icons-react/dist/esm/icons/IconFilter.mjs'
import { useQuery } from '@tanstack/react-query'
import { END_CODES } from '@diorama/protocol'
import { projectsSeen } from '../../api/projects.ts'
import { countOf, type Filters, type Named, STATES } from './filters.ts'

const CODES = Object.values(END_CODES).map(({ code, name }) => ({
  value: String(code),
  label: `${code} ${name}`,
}))

/** Narrows the list; what it says stands in the address, so that a list can be given on. */
export function FilterBar({
  filters,
  onChange,
}: {
  readonly filters: Filters
  readonly onChange: (next: Filters) => void
}) {
  const count = countOf(filters)
  const clear = (): void => {
    onChange({ which: filters.which, states: [], codes: [], named: {}, from: null, to: null })
  }
  return (
    <>
      <Popover position="bottom-start" width={320} shadow="md" trapFocus>
        <Popover.Target>
          <Button
            variant="default"
            leftSection={<IconFilter size={16} />}
            rightSection={count > 0 ? <Badge circle>{count}</Badge> : null}
          >
            Filter
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <Fields filters={filters} onChange={onChange} />
        </Popover.Dropdown>
      </Popover>
      {count > 0 && (
        <Button variant="subtle" color="gray" onClick={clear}>
          Clear
        </Button>
      )}
    </>
  )
}

function Fields({
  filters,
  onChange,
}: {
  readonly filters: Filters
  readonly onChange: (next: Filters) => void
}) {
  const { data: projects } = useQuery(projectsSeen)
  const name = (key: Named, value: string): void => {
    const named = Object.entries({ ...filters.named, [key]: value }).filter(([, one]) => one !== '')
    onChange({ ...filters, named: Object.fromEntries(named) })
  }
  return (
    <Stack gap="sm">
      <Autocomplete
        label="Project"
        openOnFocus={false}
        data={(projects ?? []).map((project) => project.name)}
        value={filters.named.project ?? ''}
        onChange={(value) => {
          name('project', value)
        }}
        comboboxProps={{ withinPortal: false }}
      />
      <MultiSelect
        label="State"
        data={[...STATES]}
        value={[...filters.states]}
        onChange={(states) => {
          onChange({ ...filters, states: STATES.filter((state) => states.includes(state)) })
        }}
        comboboxProps={{ withinPortal: false }}
      />
      <MultiSelect
        label="End code"
        data={CODES}
        searchable
        value={filters.codes.map(String)}
        onChange={(codes) => {
          onChange({ ...filters, codes: codes.map(Number) as Filters['codes'][number][] })
        }}
        comboboxProps={{ withinPortal: false }}
      />
      <Group grow>
        <Words
          label="Region"
          value={filters.named.region}
          onChange={(value) => {
            name('region', value)
          }}
        />
        <Words
          label="Worker"
          value={filters.named.worker}
          onChange={(value) => {
            name('worker', value)
          }}
        />
      </Group>
      <Words
        label="End user"
        value={filters.named.end_user}
        onChange={(value) => {
          name('end_user', value)
        }}
      />
      <Group grow>
        <TextInput
          label="From"
          type="date"
          value={filters.from ?? ''}
          onChange={(event) => {
            onChange({ ...filters, from: event.currentTarget.value || null })
          }}
        />
        <TextInput
          label="To"
          type="date"
          value={filters.to ?? ''}
          onChange={(event) => {
            onChange({ ...filters, to: event.currentTarget.value || null })
          }}
        />
      </Group>
    </Stack>
  )
}

/** A name that is taken when it is whole: when the field is left, or by Enter. */
function Words({
  label,
  value,
  onChange,
}: {
  readonly label: string
  readonly value: string | undefined
  readonly onChange: (value: string) => void
}) {
  return (
    <TextInput
      key={value ?? ''}
      label={label}
      defaultValue={value ?? ''}
      maxLength={120}
      onBlur={(event) => {
        if (event.currentTarget.value !== (value ?? '')) onChange(event.currentTarget.value.trim())
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur()
      }}
    />
  )
}
