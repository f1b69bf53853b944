import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { type Column, DataTable, type Ticks } from './DataTable.tsx'
import { ErrorNotice } from './ErrorNotice.tsx'

/** A list that comes page by page: as a table, or why it could not be read. */
export function Listing<Page, Row>({
  asked,
  rowsOf,
  ...table
}: {
  readonly asked: UseInfiniteQueryResult<InfiniteData<Page>>
  /** What a page holds. */
  readonly rowsOf: (page: Page) => readonly Row[]
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly keyOf: (row: Row) => string
  readonly empty: ReactNode
  readonly ticks?: Ticks<Row>
}) {
  if (asked.error && asked.data === undefined) {
    return <ErrorNotice error={asked.error} onRetry={() => void asked.refetch()} />
  }
  return (
    <DataTable
      {...table}
      rows={asked.data?.pages.flatMap(rowsOf)}
      onMore={asked.hasNextPage ? () => void asked.fetchNextPage() : null}
      isAskingMore={asked.isFetchingNextPage}
    />
  )
}
