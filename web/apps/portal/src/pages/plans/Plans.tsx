import { Button, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs'
import { useState } from 'react'
import { confirm } from '../../pieces/confirm.tsx'
import { DataTable } from '../../pieces/DataTable.tsx'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { PageHeader } from '../../pieces/PageHeader.tsx'
import { countText, spanText } from '../../pieces/spans.ts'
import { type Plan, plansSeen, useRemovePlan } from '../accounts/asked.ts'
import { PutPlan } from './PutPlan.tsx'

/** What accounts may use, by name. */
export default function Plans() {
  const { data: plans, error, refetch } = useQuery(plansSeen)
  const [shown, setShown] = useState<Plan | 'new' | null>(null)
  return (
    <>
      <PageHeader
        title="Plans"
        about="Named limits. Changing one changes them for every account under it, at once; a lower limit ends nobody."
      >
        <Button
          leftSection={<IconPlus size={16} />}
          onClick={() => {
            setShown('new')
          }}
        >
          New plan
        </Button>
      </PageHeader>
      {error && plans === undefined ? (
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      ) : (
        <DataTable
          label="Plans"
          rows={plans}
          keyOf={({ name }) => name}
          columns={[
            {
              key: 'name',
              title: 'Plan',
              leads: true,
              cell: ({ name }) => <Text fw={600}>{name}</Text>,
            },
            {
              key: 'streams',
              title: 'Streams',
              align: 'right',
              cell: ({ concurrent_streams: most }) => countText(most),
            },
            {
              key: 'hours',
              title: 'Hours a month',
              align: 'right',
              cell: ({ stream_hours: hours }) => (hours === null ? 'no limit' : countText(hours)),
            },
            {
              key: 'runtime',
              title: 'Longest session',
              align: 'right',
              cell: ({ max_runtime_s: longest }) => spanText(longest),
            },
            {
              key: 'simulations',
              title: 'Simulation hours',
              align: 'right',
              cell: ({ simulation_hours: hours }) =>
                hours === null ? 'no limit' : countText(hours),
            },
            {
              key: 'queued',
              title: 'Simulations queued',
              align: 'right',
              cell: ({ queued_simulations: most }) => countText(most),
            },
            {
              key: 'accounts',
              title: 'Accounts',
              align: 'right',
              cell: ({ accounts }) => accounts,
            },
            {
              key: 'acts',
              title: 'Do',
              mute: true,
              wide: true,
              align: 'right',
              cell: (plan) => <Acts plan={plan} onChange={setShown} />,
            },
          ]}
          empty={<Text c="dimmed">There is no plan.</Text>}
        />
      )}
      <PutPlan
        shown={shown}
        onClose={() => {
          setShown(null)
        }}
      />
    </>
  )
}

function Acts({
  plan,
  onChange,
}: {
  readonly plan: Plan
  readonly onChange: (plan: Plan) => void
}) {
  const remove = useRemovePlan()
  return (
    <Group gap={4} justify="flex-end" wrap="nowrap">
      <Button
        size="compact-sm"
        variant="subtle"
        onClick={() => {
          onChange(plan)
        }}
      >
        Change
      </Button>
      {plan.accounts === 0 && (
        <Button
          size="compact-sm"
          variant="subtle"
          color="red"
          loading={remove.isPending}
          onClick={() => {
            confirm({
              title: `Delete plan ${plan.name}?`,
              about: 'No account is under it.',
              action: 'Delete it',
              act: () => {
                remove.mutate(plan)
              },
            })
          }}
        >
          Delete
        </Button>
      )}
    </Group>
  )
}
