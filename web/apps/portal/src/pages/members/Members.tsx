import { Button, Select, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import IconUserPlus from '@tabler/icons-react/dist/esm/icons/IconUserPlus.mjs'
import { useMay, useMe } from '../../api/me.ts'
import { confirm } from '../../pieces/confirm.tsx'
import { DataTable } from '../../pieces/DataTable.tsx'
import { Moment } from '../../pieces/Moment.tsx'
import { PageHeader, Part } from '../../pieces/PageHeader.tsx'
import { Listing } from '../../pieces/Listing.tsx'
import {
  type Invitation,
  type Member,
  membersSeen,
  ROLES,
  useRemove,
  useRole,
  useUninvite,
} from './asked.ts'
import { Invite } from './Invite.tsx'

/** Who may do what in the account. */
export default function Members() {
  const asked = useInfiniteQuery(membersSeen)
  const may = useMay('members:write')
  const [isOpen, { open, close }] = useDisclosure(false)
  const invitations = asked.data?.pages[0]?.invitations ?? []
  return (
    <>
      <PageHeader title="Members" about="People who sign in to this account, and what each may do.">
        {may && (
          <Button leftSection={<IconUserPlus size={16} />} onClick={open}>
            Invite somebody
          </Button>
        )}
      </PageHeader>
      <Listing
        label="Members"
        asked={asked}
        rowsOf={({ members }) => members}
        keyOf={({ id }) => id}
        columns={[
          {
            key: 'name',
            title: 'Person',
            leads: true,
            cell: ({ name, email }) => (
              <div>
                <Text fw={600}>{name}</Text>
                <Text size="xs" c="dimmed">
                  {email}
                </Text>
              </div>
            ),
          },
          { key: 'role', title: 'Role', cell: (member) => <RoleOf member={member} /> },
          { key: 'since', title: 'Since', cell: ({ created_at }) => <Moment at={created_at} /> },
          {
            key: 'remove',
            title: 'Remove',
            mute: true,
            wide: true,
            align: 'right',
            cell: (member) => may && <Remove member={member} />,
          },
        ]}
        empty={<Text c="dimmed">Nobody is a member.</Text>}
      />
      {invitations.length > 0 && <Invitations invitations={invitations} may={may} />}
      <Part title="What the roles may do">
        <DataTable
          label="Roles"
          rows={ROLES}
          keyOf={({ value }) => value}
          columns={[
            { key: 'role', title: 'Role', leads: true, cell: ({ label }) => label },
            { key: 'about', title: 'May', wide: true, cell: ({ about }) => about },
          ]}
          empty={null}
        />
      </Part>
      <Invite isOpen={isOpen} onClose={close} />
    </>
  )
}

function RoleOf({ member }: { readonly member: Member }) {
  const may = useMay('members:write')
  const { account } = useMe()
  const change = useRole()
  const isBeyond = account.role !== 'owner' && member.role === 'owner'
  if (!may || isBeyond) return <>{member.role}</>
  return (
    <Select
      aria-label={`Role of ${member.name}`}
      size="xs"
      w="8.5rem"
      allowDeselect={false}
      disabled={change.isPending}
      data={ROLES.filter(({ value }) => value !== 'owner' || account.role === 'owner').map(
        ({ value, label }) => ({ value, label }),
      )}
      value={member.role}
      onChange={(role) => {
        if (role !== null) change.mutate({ id: member.id, role: role })
      }}
    />
  )
}

function Remove({ member }: { readonly member: Member }) {
  const { account } = useMe()
  const remove = useRemove()
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      color="red"
      loading={remove.isPending}
      onClick={() => {
        confirm({
          title: `Remove ${member.name} from ${account.name}?`,
          about: 'They are signed out of this account at once. Keys that they made go on working.',
          action: 'Remove them',
          act: () => {
            remove.mutate(member)
          },
        })
      }}
    >
      Remove
    </Button>
  )
}

function Invitations({
  invitations,
  may,
}: {
  readonly invitations: readonly Invitation[]
  readonly may: boolean
}) {
  const uninvite = useUninvite()
  return (
    <Part title="Invited" about="Their links wait to be opened.">
      <DataTable
        label="Invitations"
        rows={invitations}
        keyOf={({ id }) => id}
        columns={[
          { key: 'email', title: 'Email', leads: true, cell: ({ email }) => email },
          { key: 'role', title: 'Role', cell: ({ role }) => role },
          {
            key: 'until',
            title: 'Link works until',
            cell: ({ expires_at }) => <Moment at={expires_at} />,
          },
          {
            key: 'back',
            title: 'Withdraw',
            mute: true,
            wide: true,
            align: 'right',
            cell: (invitation) =>
              may && (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  color="red"
                  onClick={() => {
                    confirm({
                      title: `Withdraw the invitation of ${invitation.email}?`,
                      about: 'Its link opens nothing any more. They can be invited again.',
                      action: 'Withdraw it',
                      act: () => {
                        uninvite.mutate(invitation)
                      },
                    })
                  }}
                >
                  Withdraw
                </Button>
              ),
          },
        ]}
        empty={null}
      />
    </Part>
  )
}
