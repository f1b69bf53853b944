import { Anchor, Button, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import IconLink from '@tabler/icons-react/dist/esm/icons/IconLink.mjs'
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs'
import { useState } from 'react'
import { Link } from 'react-router'
import { useMay } from '../../api/me.ts'
import { EmptyState } from '../../pieces/EmptyState.tsx'
import { Ago, Moment } from '../../pieces/Moment.tsx'
import { PageHeader } from '../../pieces/PageHeader.tsx'
import { Dot, type Tone } from '../../pieces/StateBadge.tsx'
import { Listing } from '../../pieces/Listing.tsx'
import { linksSeen, type ShareLink } from './asked.ts'
import { CreateLink } from './CreateLink.tsx'
import { RevokeLink } from './RevokeLink.tsx'

const TONES: Readonly<Record<ShareLink['state'], Tone>> = {
  active: 'good',
  expired: 'warn',
  used_up: 'warn',
  revoked: 'over',
}

/** Links that let whoever has them play a project. */
export default function ShareLinks() {
  const asked = useInfiniteQuery(linksSeen)
  const may = useMay('links:write')
  const [isMaking, setMaking] = useState(false)
  const [revoked, setRevoked] = useState<ShareLink | null>(null)
  const create = may && (
    <Button
      leftSection={<IconPlus size={16} />}
      onClick={() => {
        setMaking(true)
      }}
    >
      New link
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Share links"
        about="Whoever has one may play its project, without signing in, as often and as long as the link says."
      >
        {create}
      </PageHeader>
      <Listing
        label="Share links"
        asked={asked}
        rowsOf={({ links }) => links}
        keyOf={({ id }) => id}
        columns={[
          {
            key: 'name',
            title: 'Link',
            leads: true,
            cell: ({ name, hint }) => (
              <div>
                <Text fw={600}>{name === '' ? 'unnamed' : name}</Text>
                <Text size="xs" c="dimmed" ff="monospace">
                  {hint}…
                </Text>
              </div>
            ),
          },
          {
            key: 'project',
            title: 'Project',
            cell: ({ project }) => (
              <Anchor component={Link} to={`/projects/${encodeURIComponent(project)}`}>
                {project}
              </Anchor>
            ),
          },
          {
            key: 'state',
            title: 'State',
            cell: ({ state }) => <Dot tone={TONES[state]}>{state.replace('_', ' ')}</Dot>,
          },
          {
            key: 'used',
            title: 'Played',
            align: 'right',
            cell: ({ used, uses }) => (uses === null ? used : `${used} of ${uses}`),
          },
          {
            key: 'live',
            title: 'Playing now',
            align: 'right',
            cell: ({ live, concurrent }) =>
              concurrent === null ? live : `${live} of ${concurrent}`,
          },
          {
            key: 'last',
            title: 'Last played',
            cell: ({ last_used_at: at }) => (at === null ? 'never' : <Ago at={at} />),
          },
          {
            key: 'until',
            title: 'Ends',
            cell: ({ state, expires_at: at }) =>
              state === 'revoked' ? '–' : at === null ? 'never' : <Moment at={at} />,
          },
          {
            key: 'revoke',
            title: 'Revoke',
            mute: true,
            wide: true,
            align: 'right',
            cell: (link) =>
              may &&
              link.state !== 'revoked' && (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  color="red"
                  onClick={() => {
                    setRevoked(link)
                  }}
                >
                  Revoke
                </Button>
              ),
          },
        ]}
        empty={
          <EmptyState icon={IconLink} title="No link yet" actions={create}>
            To show a world to a customer or a colleague, send a link: it opens one project, may run
            out by time or by use, and can be revoked at any moment.
          </EmptyState>
        }
      />
      <CreateLink
        isOpen={isMaking}
        onClose={() => {
          setMaking(false)
        }}
      />
      <RevokeLink
        link={revoked}
        onClose={() => {
          setRevoked(null)
        }}
      />
    </>
  )
}
