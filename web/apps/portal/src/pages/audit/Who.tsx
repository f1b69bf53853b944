import { Text, Tooltip } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useMay } from '../../api/me.ts'
import { keysSeen } from '../keys/asked.ts'
import { membersSeen } from '../members/asked.ts'

const ENDS = 6

/** Who did something: by name where it is a member or a key that is still known, else by id. */
export function Who({ actor }: { readonly actor: string }) {
  const [kind = '', id = ''] = actor.split(':')
  const name = useNameOf(kind, id)
  if (id === '') return <>{actor}</>
  return (
    <Tooltip label={actor}>
      <span>
        {name ?? shortId(id)}
        <Text component="span" size="xs" c="dimmed" ml={6}>
          {kind}
        </Text>
      </span>
    </Tooltip>
  )
}

/** Returns an id short enough for a table: what it is of, and its end, which differs. */
export function shortId(id: string): string {
  const [kind = '', rest = ''] = id.split('_')
  return rest.length <= ENDS ? id : `${kind}_…${rest.slice(-ENDS)}`
}

function useNameOf(kind: string, id: string): string | undefined {
  const members = useInfiniteQuery({
    ...membersSeen,
    enabled: useMay('members:read') && kind === 'member',
  })
  const keys = useInfiniteQuery({ ...keysSeen, enabled: useMay('keys:read') && kind === 'key' })
  if (kind === 'member') {
    return members.data?.pages.flatMap((page) => page.members).find((one) => one.id === id)?.name
  }
  return keys.data?.pages.flatMap((page) => page.keys).find((one) => one.id === id)?.name
}
