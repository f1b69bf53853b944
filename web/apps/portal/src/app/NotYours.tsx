import { Anchor } from '@mantine/core'
import { Link } from 'react-router'
import { useMe } from '../api/me.ts'
import { PageHeader } from '../pieces/PageHeader.tsx'
import type { PageEntry } from './registry.ts'

/** What somebody finds at a page that their role does not include. */
export function NotYours({ page: { title, needs } }: { readonly page: PageEntry }) {
  const { account } = useMe()
  return (
    <PageHeader
      title={title}
      about={
        <>
          {needs === 'operate'
            ? 'Only who operates this Diorama sees this page.'
            : `As ${account.role} of ${account.name} you may not see this page: an owner or admin can give you another role.`}{' '}
          <Anchor component={Link} to="/" inherit>
            Go to the overview
          </Anchor>
          .
        </>
      }
    />
  )
}
