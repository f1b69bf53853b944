import { Button, Card, Group, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api, type Schemas } from '../../api/client.ts'
import { useMay } from '../../api/me.ts'
import { DataTable } from '../../pieces/DataTable.tsx'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { Part } from '../../pieces/PageHeader.tsx'
import { hoursText } from '../../pieces/spans.ts'
import { moneyText } from './money.ts'

const KEPT = 'diorama-price-per-gpu-hour'
const PRICE = /^\d{1,6}([.,]\d{1,6})?$/

type Share = Schemas['CostPart']

/** What the slots cost at a price for an hour of a GPU; the price is kept in this browser. */
export function Cost({ month }: { readonly month: string }) {
  const operates = useMay('operate')
  const [price, setPrice] = useState(localStorage.getItem(KEPT) ?? '')
  const [typed, setTyped] = useState(price)
  const isPrice = PRICE.test(typed.trim())
  const take = (): void => {
    const next = typed.trim().replace(',', '.')
    localStorage.setItem(KEPT, next)
    setPrice(next)
  }
  return (
    <Part
      title="What it cost"
      about={`At your price for an hour of a GPU: where the money went, also where nobody was billed for it${operates ? ', of all accounts together' : ''}.`}
    >
      <Card>
        <Stack gap="md">
          <form
            onSubmit={(event) => {
              event.preventDefault()
              if (isPrice) take()
            }}
          >
            <Group gap="xs" align="flex-end">
              <TextInput
                label="Price of a GPU hour"
                inputMode="decimal"
                placeholder="0.90"
                w="10rem"
                value={typed}
                error={typed !== '' && !isPrice ? 'A number, such as 0.90' : null}
                onChange={(event) => {
                  setTyped(event.currentTarget.value)
                }}
              />
              <Button type="submit" variant="default" disabled={!isPrice}>
                Work it out
              </Button>
            </Group>
          </form>
          {price !== '' && <Split month={month} price={price} ofAll={operates} />}
        </Stack>
      </Card>
    </Part>
  )
}

function Split({
  month,
  price,
  ofAll,
}: {
  readonly month: string
  readonly price: string
  /** Whether of every account: only then it is known for how long slots were warm. */
  readonly ofAll: boolean
}) {
  const { data, error, refetch } = useQuery({
    queryKey: ['usage', 'cost', month, price, ofAll],
    queryFn: () =>
      answerOf(
        api.GET('/v1/usage/cost', {
          params: {
            query: {
              period: month,
              price_per_gpu_hour: price,
              ...(ofAll && { account: 'all' }),
            },
          },
        }),
      ),
  })
  if (error && data === undefined) {
    return <ErrorNotice error={error} onRetry={() => void refetch()} />
  }
  return (
    <>
      <DataTable
        label="Cost"
        rows={data === undefined ? undefined : partsOf(data)}
        keyOf={({ name }) => name}
        columns={[
          {
            key: 'name',
            title: 'Slots were',
            leads: true,
            cell: ({ name, about }) => (
              <div>
                <Text fw={600}>{name}</Text>
                <Text size="xs" c="dimmed">
                  {about}
                </Text>
              </div>
            ),
          },
          {
            key: 'slots',
            title: 'Slot time',
            align: 'right',
            cell: ({ part }) => hoursText(part.slot_us),
          },
          {
            key: 'gpu',
            title: 'GPU hours',
            align: 'right',
            cell: ({ part }) => part.gpu_hours.toFixed(3),
          },
          {
            key: 'cost',
            title: 'Cost',
            align: 'right',
            cell: ({ part }) => <span title={part.cost}>{moneyText(part.cost)}</span>,
          },
        ]}
        empty={null}
      />
      {data !== undefined && (
        <Text ta="right">
          Together{' '}
          <b className="figures" title={data.cost}>
            {moneyText(data.cost)}
          </b>
        </Text>
      )}
    </>
  )
}

interface Row {
  readonly name: string
  readonly about: string
  readonly part: Share
}

function partsOf({
  streaming,
  idle,
  simulation,
  waiting,
  warm,
}: Schemas['CostView']): readonly Row[] {
  const rows: readonly {
    readonly name: string
    readonly about: string
    readonly part: Share | null
  }[] = [
    { name: 'streaming', about: 'metered: frames reached a viewer', part: streaming },
    { name: 'idle', about: 'metered: the viewer did nothing', part: idle },
    { name: 'simulation', about: 'metered: a script was rendered', part: simulation },
    { name: 'waiting', about: 'not metered: starting, away, cleaning up', part: waiting },
    { name: 'warm', about: 'not metered: ready, and nobody came', part: warm ?? null },
  ]
  return rows.filter((row): row is Row => row.part !== null)
}
