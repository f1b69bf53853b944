import { Alert, Button, Card, Group, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { answerOf, api, type Schemas } from '../../api/client.ts'
import { useMay, whoIsIn } from '../../api/me.ts'
import { overviewNow } from '../../api/overview.ts'
import { CopyCode } from '../../pieces/CopyBox.tsx'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { Facts } from '../../pieces/Facts.tsx'
import { PageHeader, Part } from '../../pieces/PageHeader.tsx'
import { hoursText, spanText } from '../../pieces/spans.ts'
import { useAct } from '../../pieces/useAct.ts'

const KEY = ['account']

const ownAccount = queryOptions({
  queryKey: KEY,
  queryFn: () => answerOf(api.GET('/v1/account')),
})

/** What the account is, and what its plan allows. */
export default function Account() {
  const { data: account, error, refetch } = useQuery(ownAccount)
  return (
    <>
      <PageHeader title="Account" about="Who pays and is limited, and by what." />
      {error && account === undefined && (
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      )}
      {account !== undefined && <Shown account={account} />}
    </>
  )
}

function Shown({ account }: { readonly account: Schemas['AccountView'] }) {
  const { data: overview } = useQuery({ ...overviewNow, enabled: useMay('sessions:read') })
  const may = useMay('account:write')
  return (
    <>
      {account.suspended && (
        <Alert color="red" mb="md" title="This account is suspended">
          Nothing new opens until the operator reinstates it.
        </Alert>
      )}
      <Card>
        <Facts
          facts={[
            ['Name', account.name],
            ['Id', <CopyCode key="id" text={account.id} label="the account’s id" />],
            ['Plan', account.plan],
            ['Streams now', `${account.held} of ${account.concurrent_streams}`],
            [
              'Stream hours this month',
              `${hoursText(account.stream_us_used)} of ${account.stream_hours === null ? 'any number' : `${account.stream_hours} h`}`,
            ],
            ['Longest session', spanText(account.max_runtime_s)],
            ['Simulation hours this month', simulated(overview?.simulation_us, account)],
            ['Queued simulations', account.queued_simulations],
          ]}
        />
      </Card>
      {may && <Rename key={account.name} name={account.name} />}
    </>
  )
}

/** Simulation hours as stream hours are shown; without the used ones where they are not known. */
function simulated(
  usedUs: number | undefined,
  { simulation_hours: hours }: Schemas['AccountView'],
): string {
  const most = hours === null ? 'any number' : `${hours} h`
  return usedUs === undefined ? most : `${hoursText(usedUs)} of ${most}`
}

function Rename({ name }: { readonly name: string }) {
  const form = useForm({ initialValues: { name } })
  const save = useAct({
    act: (body: Schemas['RenameAccount']) => answerOf(api.PATCH('/v1/account', { body })),
    said: (account) => `The account is called ${account.name} now.`,
    missed: null,
    again: [KEY, whoIsIn.queryKey],
  })
  return (
    <Part title="Name">
      <form
        onSubmit={form.onSubmit((values) => {
          save.mutate(values)
        })}
      >
        <Group gap="xs" align="flex-end">
          <TextInput
            aria-label="Name of the account"
            required
            maxLength={120}
            w="20rem"
            maw="100%"
            {...form.getInputProps('name')}
          />
          <Button type="submit" variant="default" loading={save.isPending}>
            Save
          </Button>
        </Group>
        {save.error && <ErrorNotice error={save.error} />}
      </form>
    </Part>
  )
}
