import { Button, Group, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs'
import { useState } from 'react'
import { useMe } from '../../api/me.ts'
import { confirm } from '../../pieces/confirm.tsx'
import { CopyCode } from '../../pieces/CopyBox.tsx'
import { PageHeader } from '../../pieces/PageHeader.tsx'
import { hoursText } from '../../pieces/spans.ts'
import { Dot } from '../../pieces/StateBadge.tsx'
import { Listing } from '../../pieces/Listing.tsx'
import { type Account, accountsSeen, useChange } from './asked.ts'
import { ChangeAccount } from './ChangeAccount.tsx'
import { CreateAccount } from './CreateAccount.tsx'

/** Everybody who is served by this Diorama. */
export default function Accounts() {
  const asked = useInfiniteQuery(accountsSeen)
  const [isMaking, setMaking] = useState(false)
  const [changed, setChanged] = useState<Account | null>(null)
  return (
    <>
      <PageHeader
        title="Accounts"
        about="Who is served here. Each has a plan, members, projects and keys of its own, and sees nothing of the others."
      >
        <Button
          leftSection={<IconPlus size={16} />}
          onClick={() => {
            setMaking(true)
          }}
        >
          New account
        </Button>
      </PageHeader>
      <Listing
        label="Accounts"
        asked={asked}
        rowsOf={({ accounts }) => accounts}
        keyOf={({ id }) => id}
        columns={[
          {
            key: 'name',
            title: 'Account',
            leads: true,
            cell: ({ id, name }) => (
              <div>
                <Text fw={600}>{name}</Text>
                <CopyCode text={id} label="the account’s id" />
              </div>
            ),
          },
          {
            key: 'state',
            title: 'State',
            cell: ({ suspended }) =>
              suspended ? <Dot tone="bad">suspended</Dot> : <Dot tone="good">active</Dot>,
          },
          { key: 'plan', title: 'Plan', cell: ({ plan }) => plan },
          {
            key: 'held',
            title: 'Streams now',
            align: 'right',
            cell: ({ held, concurrent_streams: most, own_streams: isOwn }) =>
              `${held} of ${most}${isOwn ? ' (own limit)' : ''}`,
          },
          {
            key: 'hours',
            title: 'Stream hours this month',
            align: 'right',
            cell: ({ stream_us_used: used, stream_hours: most }) =>
              most === null ? hoursText(used) : `${hoursText(used)} of ${most}`,
          },
          {
            key: 'acts',
            title: 'Do',
            mute: true,
            wide: true,
            align: 'right',
            cell: (account) => <Acts account={account} onChange={setChanged} />,
          },
        ]}
        empty={<Text c="dimmed">There is no account.</Text>}
      />
      <CreateAccount
        isOpen={isMaking}
        onClose={() => {
          setMaking(false)
        }}
      />
      <ChangeAccount
        account={changed}
        onClose={() => {
          setChanged(null)
        }}
      />
    </>
  )
}

function Acts({
  account,
  onChange,
}: {
  readonly account: Account
  readonly onChange: (account: Account) => void
}) {
  const me = useMe()
  const change = useChange()
  const suspend = (): void => {
    confirm({
      title: `Suspend ${account.name}?`,
      about: 'All its sessions end at once (4012), and nothing new opens until it is reinstated.',
      action: 'Suspend the account',
      act: () => {
        change.mutate({ id: account.id, suspended: true })
      },
    })
  }
  return (
    <Group gap={4} justify="flex-end" wrap="nowrap">
      <Button
        size="compact-sm"
        variant="subtle"
        onClick={() => {
          onChange(account)
        }}
      >
        Change
      </Button>
      {account.suspended ? (
        <Button
          size="compact-sm"
          variant="subtle"
          loading={change.isPending}
          onClick={() => {
            change.mutate({ id: account.id, suspended: false })
          }}
        >
          Reinstate
        </Button>
      ) : (
        account.id !== me.account.id && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            loading={change.isPending}
            onClick={suspend}
          >
            Suspend
          </Button>
        )
      )}
    </Group>
  )
}
