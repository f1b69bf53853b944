import { Anchor } from '@mantine/core'
import { Link } from 'react-router'
import { PageHeader } from '../pieces/PageHeader.tsx'

/** What an address shows that leads nowhere. */
export function NoSuchPage() {
  return (
    <PageHeader
      title="There is no such page"
      about={
        <>
          The address may be mistyped.{' '}
          <Anchor component={Link} to="/">
            Go to the overview
          </Anchor>
          .
        </>
      }
    />
  )
}
