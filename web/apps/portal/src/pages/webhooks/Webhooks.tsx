import { Anchor, Button, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs'
import IconWebhook from '@tabler/icons-react/dist/esm/icons/IconWebhook.mjs'
import { useState } from 'react'
import { Link } from 'react-router'
import { useMay } from '../../api/me.ts'
import { EmptyState } from '../../pieces/EmptyState.tsx'
import { Moment } from '../../pieces/Moment.tsx'
import { PageHeader } from '../../pieces/PageHeader.tsx'
import { Listing } from '../../pieces/Listing.tsx'
import { webhooksSeen } from './asked.ts'
import { CreateWebhook } from './CreateWebhook.tsx'
import { Standing } from './Standing.tsx'

/** Where Diorama tells other programs what happens. */
export default function Webhooks() {
  const asked = useInfiniteQuery(webhooksSeen)
  const may = useMay('webhooks:write')
  const [isMaking, setMaking] = useState(false)
  const create = may && (
    <Button
      leftSection={<IconPlus size={16} />}
      onClick={() => {
        setMaking(true)
      }}
    >
      New webhook
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Webhooks"
        about="Events sent to a server of yours as they happen, signed (Standard Webhooks), and tried again for three days."
      >
        {create}
      </PageHeader>
      <Listing
        label="Webhooks"
        asked={asked}
        rowsOf={({ webhooks }) => webhooks}
        keyOf={({ id }) => id}
        columns={[
          {
            key: 'url',
            title: 'Webhook',
            leads: true,
            cell: ({ id, url, description }) => (
              <div>
                <Anchor component={Link} to={`/webhooks/${id}`} fw={600}>
                  {description === '' ? hostOf(url) : description}
                </Anchor>
                <Text size="xs" c="dimmed" ff="monospace">
                  {url}
                </Text>
              </div>
            ),
          },
          { key: 'state', title: 'State', cell: (one) => <Standing webhook={one} /> },
          {
            key: 'types',
            title: 'Events',
            cell: ({ types }) => (types.length === 0 ? 'all' : types.join(', ')),
          },
          { key: 'since', title: 'Made', cell: ({ created_at }) => <Moment at={created_at} /> },
        ]}
        empty={
          <EmptyState icon={IconWebhook} title="No webhook yet" actions={create}>
            Name an address of yours and the events it wants: a session that ends, hours that run
            out, a worker that is lost. Each event carries a number, so that none is missed or
            counted twice.
          </EmptyState>
        }
      />
      <CreateWebhook
        isOpen={isMaking}
        onClose={() => {
          setMaking(false)
        }}
      />
    </>
  )
}

function hostOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return url
  }
}
