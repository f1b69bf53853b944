import { Button, Checkbox, Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './DataTable.module.css'

/** One column: what it is called, and what it shows of a row. */
export interface Column<Row> {
  readonly key: string
  readonly title: string
  readonly cell: (row: Row) => ReactNode
  readonly align?: 'right'
  /** Whether it stands at the top of the card that a row is on a small screen. */
  readonly leads?: boolean
  /** Whether it takes the whole width of that card. */
  readonly wide?: boolean
  /**
   * Whether its name is only for readers of the screen: a column of buttons. On a card an icon stands
   * in the corner; buttons with words are `wide`, and stand below all else.
   */
  readonly mute?: boolean
}

/** Which rows are ticked, where some may be. */
export interface Ticks<Row> {
  readonly ticked: ReadonlySet<string>
  readonly onChange: (ticked: ReadonlySet<string>) => void
  /** Whether a row can be; all can, if left out. */
  readonly may?: (row: Row) => boolean
  readonly nameOf: (row: Row) => string
}

interface Table<Row> {
  /** What is listed, for readers of the screen. */
  readonly label: string
  readonly columns: readonly Column<Row>[]
  /** undefined: not known yet. */
  readonly rows: readonly Row[] | undefined
  readonly keyOf: (row: Row) => string
  /** What stands where there are no rows. */
  readonly empty: ReactNode
  readonly ticks?: Ticks<Row>
  /** Asks for more; null where there is no more. */
  readonly onMore?: (() => void) | null
  readonly isAskingMore?: boolean
}

const UNKNOWN_ROWS = 4

/** Rows of things, which on a small screen are cards below each other. */
export function DataTable<Row>(table: Table<Row>) {
  const { label, columns, rows, keyOf, ticks, empty, onMore, isAskingMore = false } = table
  if (rows?.length === 0) return empty
  return (
    <>
      <div className={classes['frame']}>
        <table
          role="table"
          aria-label={label}
          aria-busy={rows === undefined}
          className={classes['table']}
        >
          <thead role="rowgroup">
            <tr role="row">
              {ticks && <TickAll ticks={ticks} rows={rows ?? []} keyOf={keyOf} />}
              {columns.map(({ key, title, align, mute = false }) => (
                <th key={key} role="columnheader" scope="col" data-align={align}>
                  <span className={mute ? classes['unseen'] : undefined}>{title}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {rows === undefined
              ? Array.from({ length: UNKNOWN_ROWS }, (_, at) => (
                  <tr key={at} role="row">
                    <td role="cell" colSpan={columns.length + (ticks ? 1 : 0)}>
                      <Skeleton height={16} my={3} />
                    </td>
                  </tr>
                ))
              : rows.map((row) => (
                  <tr
                    key={keyOf(row)}
                    role="row"
                    data-ticked={ticks?.ticked.has(keyOf(row)) ?? false}
                  >
                    {ticks && <TickOne ticks={ticks} row={row} id={keyOf(row)} />}
                    {columns.map((column) => (
                      <Cell key={column.key} column={column} row={row} />
                    ))}
                  </tr>
                ))}
          </tbody>
        </table>
      </div>
      {onMore && (
        <Button variant="default" mt="sm" onClick={onMore} loading={isAskingMore}>
          Show more
        </Button>
      )}
    </>
  )
}

function Cell<Row>({ column, row }: { readonly column: Column<Row>; readonly row: Row }) {
  const { title, cell, align, leads = false, wide = false, mute = false } = column
  return (
    <td
      role="cell"
      data-align={align}
      data-leads={leads}
      data-wide={wide}
      data-mute={mute}
      data-label={mute || leads ? undefined : title}
    >
      {cell(row)}
    </td>
  )
}

function TickAll<Row>({
  ticks,
  rows,
  keyOf,
}: {
  readonly ticks: Ticks<Row>
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
}) {
  const able = rows.filter((row) => ticks.may?.(row) ?? true).map(keyOf)
  const count = able.filter((id) => ticks.ticked.has(id)).length
  return (
    <th role="columnheader" scope="col" className={classes['tick']}>
      <Checkbox
        aria-label="All of them"
        disabled={able.length === 0}
        checked={able.length > 0 && count === able.length}
        indeterminate={count > 0 && count < able.length}
        onChange={(event) => {
          ticks.onChange(new Set(event.currentTarget.checked ? able : []))
        }}
      />
    </th>
  )
}

function TickOne<Row>({
  ticks,
  row,
  id,
}: {
  readonly ticks: Ticks<Row>
  readonly row: Row
  readonly id: string
}) {
  return (
    <td role="cell" className={classes['tick']}>
      {(ticks.may?.(row) ?? true) && (
        <Checkbox
          aria-label={ticks.nameOf(row)}
          checked={ticks.ticked.has(id)}
          onChange={(event) => {
            const next = new Set(ticks.ticked)
            if (event.currentTarget.checked) next.add(id)
            else next.delete(id)
            ticks.onChange(next)
          }}
        />
      )}
    </td>
  )
}
