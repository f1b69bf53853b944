import { Button, Group, Select } from '@mantine/core'
import IconMovie from '@tabler/icons-react/dist/esm/icons/IconMovie.mjs'
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useSearchParams } from 'react-router'
import { useMay } from '../../api/me.ts'
import { projectsSeen } from '../../api/projects.ts'
import { simulationsThat } from '../../api/simulations.ts'
import { CopyBox } from '../../pieces/CopyBox.tsx'
import { EmptyState } from '../../pieces/EmptyState.tsx'
import { Listing } from '../../pieces/Listing.tsx'
import { NothingFits } from '../../pieces/NothingFits.tsx'
import { PageHeader } from '../../pieces/PageHeader.tsx'
import { askedOf, type Filters, filtersOf, STATES } from './filters.ts'
import { columnsFor } from './SimulationTable.tsx'

/** Scripts that run without a viewer: what waits, what runs, and what came of them. */
export default function Simulations() {
  const [search, setSearch] = useSearchParams()
  const filters = filtersOf(search)
  const asked = useInfiniteQuery(simulationsThat(askedOf(filters)))
  const may = useMay('simulations:write')
  const put = (next: Filters): void => {
    setSearch(
      Object.entries(next).flatMap(([name, value]) => (value === null ? [] : [[name, value]])) as [
        string,
        string,
      ][],
      { replace: true },
    )
  }
  return (
    <>
      <PageHeader
        title="Simulations"
        about="Scripts that run without a viewer, as fast as the world can. They take slots that no viewer waits for, and leave a video each."
      >
        {may && <NewButton />}
      </PageHeader>
      <FilterLine filters={filters} onChange={put} />
      <Listing
        label="Simulations"
        asked={asked}
        rowsOf={({ simulations }) => simulations}
        columns={columnsFor({ mayCancel: may })}
        keyOf={({ id }) => id}
        empty={
          filters.project === null && filters.state === null ? (
            <NoneYet />
          ) : (
            <NothingFits
              what="simulation"
              onClear={() => {
                put({ project: null, state: null })
              }}
            />
          )
        }
      />
    </>
  )
}

function FilterLine({
  filters,
  onChange,
}: {
  readonly filters: Filters
  readonly onChange: (next: Filters) => void
}) {
  const { data: projects } = useQuery(projectsSeen)
  return (
    <Group mb="sm" gap="sm">
      <Select
        aria-label="State"
        placeholder="Any state"
        clearable
        w="10.5rem"
        data={[...STATES]}
        value={filters.state}
        onChange={(state) => {
          onChange({ ...filters, state: STATES.find((one) => one === state) ?? null })
        }}
      />
      <Select
        aria-label="Project"
        placeholder="Any project"
        clearable
        w="12rem"
        data={(projects ?? []).map(({ name }) => name)}
        value={filters.project}
        onChange={(project) => {
          onChange({ ...filters, project })
        }}
      />
    </Group>
  )
}

function NoneYet() {
  const may = useMay('simulations:write')
  return (
    <EmptyState icon={IconMovie} title="No simulation yet" actions={may && <NewButton />}>
      <p>
        A script says what happens and when: prompts, keys, and the end. It runs on a slot of its
        own, with nobody watching, and leaves a video, a preview, a picture and a log. Submit one
        here, by the API, or in a terminal:
      </p>
      <CopyBox
        text={'diorama simulate cove --prompt "a storm comes up@2.5" --length 10'}
        label="the command"
      />
    </EmptyState>
  )
}

function NewButton() {
  return (
    <Button component={Link} to="/simulations/new" leftSection={<IconPlus size={16} />}>
      New simulation
    </Button>
  )
}
