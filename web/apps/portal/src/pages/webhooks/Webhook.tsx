import { Alert, Anchor, Button, Card, Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from 'react-router'
import { useMay } from '../../api/me.ts'
import { confirm } from '../../pieces/confirm.tsx'
import { CopyCode } from '../../pieces/CopyBox.tsx'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { Facts } from '../../pieces/Facts.tsx'
import { Moment } from '../../pieces/Moment.tsx'
import { PageHeader } from '../../pieces/PageHeader.tsx'
import {
  useChange,
  useRemove,
  useRotate,
  useTest,
  type Webhook as WebhookView,
  webhook as asked,
} from './asked.ts'
import { WebhookMade } from './CreateWebhook.tsx'
import { Deliveries } from './Deliveries.tsx'
import { Standing } from './Standing.tsx'

/** One webhook: whether it arrives, and everything that was sent to it. */
export default function Webhook() {
  const { id = '' } = useParams()
  const { data: shown, error, refetch } = useQuery(asked(id))
  const may = useMay('webhooks:write')
  const back = (
    <Anchor component={Link} to="/webhooks">
      Webhooks
    </Anchor>
  )
  if (shown === undefined) {
    return (
      <>
        <PageHeader title="Webhook" above={back} />
        {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      </>
    )
  }
  return (
    <>
      <PageHeader title={shown.description === '' ? 'Webhook' : shown.description} above={back}>
        {may && <Acts shown={shown} />}
      </PageHeader>
      {shown.failing_since !== null && shown.enabled && (
        <Alert color="clay" mb="md" title="Nothing arrives">
          Since <Moment at={shown.failing_since} />. It is tried on for three days, then turned off;
          the answers are in the log below.
        </Alert>
      )}
      <Card>
        <Facts
          facts={[
            ['State', <Standing key="state" webhook={shown} />],
            ['Address', <CopyCode key="url" text={shown.url} label="the address" />],
            ['Events', shown.types.length === 0 ? 'all' : shown.types.join(', ')],
            ['Made', <Moment key="made" at={shown.created_at} />],
            [
              'Old secret signs until',
              shown.previous_secret_until !== null && (
                <Moment key="old" at={shown.previous_secret_until} />
              ),
            ],
          ]}
        />
      </Card>
      <Deliveries id={shown.id} />
    </>
  )
}

function Acts({ shown }: { readonly shown: WebhookView }) {
  const change = useChange(shown.id)
  const test = useTest(shown.id)
  const rotate = useRotate(shown.id)
  const remove = useRemove(shown.id)
  const navigate = useNavigate()
  return (
    <>
      <Button
        loading={test.isPending}
        onClick={() => {
          test.mutate(undefined)
        }}
      >
        Send a test
      </Button>
      <Button
        variant="default"
        loading={change.isPending}
        onClick={() => {
          change.mutate({ enabled: !shown.enabled })
        }}
      >
        {shown.enabled ? 'Turn off' : 'Turn on'}
      </Button>
      <Button
        variant="default"
        loading={rotate.isPending}
        onClick={() => {
          confirm({
            title: 'Make a new secret?',
            about:
              'It is shown once. Deliveries are signed with the old one as well for a day, so that your server can change over.',
            action: 'Make it',
            act: () => {
              rotate.mutate(undefined)
            },
          })
        }}
      >
        New secret
      </Button>
      <Button
        variant="light"
        color="red"
        loading={remove.isPending}
        onClick={() => {
          confirm({
            title: 'Delete the webhook?',
            about:
              'What was not delivered yet is not delivered. Events themselves stay in the feed.',
            action: 'Delete it',
            act: () => {
              remove.mutate(undefined, { onSuccess: () => void navigate('/webhooks') })
            },
          })
        }}
      >
        Delete
      </Button>
      <Modal opened={rotate.data !== undefined} onClose={rotate.reset} title="New secret">
        {rotate.data !== undefined && (
          <WebhookMade secret={rotate.data.secret} onClose={rotate.reset} />
        )}
      </Modal>
    </>
  )
}
