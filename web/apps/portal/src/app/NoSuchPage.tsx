import { Anchor } from '@mantine/core'
import IconMapOff from '@tabler/icons-react/dist/esm/icons/IconMapOff.mjs'
import { Link } from 'react-router'
import { EmptyState } from '../pieces/EmptyState.tsx'

/** What an address shows that leads nowhere. */
export function NoSuchPage() {
  return (
    <EmptyState icon={IconMapOff} title="There is no such page">
      The address may be mistyped.{' '}
      <Anchor component={Link} to="/">
        Go to the overview
      </Anchor>
      .
    </EmptyState>
  )
}
