import { Anchor, Select, Text, Tooltip } from '@mantine/core'
import { Link } from 'react-router'
import { actorsOf, addressOf, fitting, shortId, withActor } from './actors.ts'
import { useActors } from './asked.ts'

/** Who did something: by name where it is a member or a key that is still known, else by id. */
export function Who({
  actor,
  action,
}: {
  readonly actor: string
  /** What the log is narrowed to already. */
  readonly action: string | null
}) {
  const { members, keys } = useActors()
  const [kind = '', id = ''] = actor.split(':')
  const all: readonly { readonly id: string; readonly name: string }[] =
    kind === 'member' ? members : keys
  const name = id === '' ? actor : (all.find((one) => one.id === id)?.name ?? shortId(id))
  return (
    <div>
      <Tooltip label={`All that ${actor} did`}>
        <Anchor
          component={Link}
          to={{ search: addressOf({ actor, action }).toString() }}
          inherit
          td="underline" // it stands in text: links of tables have no line otherwise
        >
          {name}
        </Anchor>
      </Tooltip>
      {id !== '' && (
        <Text size="xs" c="dimmed">
          {kind}
        </Text>
      )}
    </div>
  )
}

/** One of the account’s members and keys, by name; an id of somebody who is gone can be typed. */
export function WhoSelect({
  actor,
  onChange,
}: {
  readonly actor: string | null
  readonly onChange: (actor: string | null) => void
}) {
  const { members, keys } = useActors()
  const lists = withActor(actorsOf(members, keys), actor)
  return (
    <Select
      aria-label="Who"
      placeholder="Anybody"
      searchable
      clearable
      maxDropdownHeight={360}
      nothingFoundMessage="Nobody of this name"
      data={lists.map(({ group, items }) => ({ group, items: [...items] }))}
      filter={({ search }) =>
        fitting(lists, search).map(({ group, items }) => ({
          group,
          items: items.map((item) => ({ ...item, disabled: false })),
        }))
      }
      value={actor}
      onChange={onChange}
      w={{ base: '100%', xs: '16rem' }}
    />
  )
}
