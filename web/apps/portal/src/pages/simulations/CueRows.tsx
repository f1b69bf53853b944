import {
  ActionIcon,
  Button,
  Group,
  NumberInput,
  Select,
  Stack,
  TextInput,
  Tooltip,
} from '@mantine/core'
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs'
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs'
import { faultOf, type Row, type RowKind } from './scripts.ts'
import classes from './Simulations.module.css'

const KINDS: readonly { readonly value: RowKind; readonly label: string }[] = [
  { value: 'prompt', label: 'Prompt' },
  { value: 'key', label: 'Key' },
  { value: 'message', label: 'Message' },
]
const WHAT: Readonly<Record<RowKind, { readonly label: string; readonly placeholder: string }>> = {
  prompt: { label: 'What is asked of the world', placeholder: 'a storm comes up' },
  key: { label: 'Which key, by its place', placeholder: 'KeyW, ArrowUp, Space' },
  message: { label: 'JSON for the world', placeholder: '{"hour": "night"}' },
}
const LONGEST_S = 3_600
/** What a new script begins with: one of each that most scripts are made of. */
export const FIRST_ROWS: readonly Row[] = [
  { id: 'first', kind: 'prompt', atS: 0, text: 'a storm comes up', holdS: 1 },
  { id: 'second', kind: 'key', atS: 2, text: 'KeyW', holdS: 1.5 },
]

/** A script as steps, one below the other. */
export function CueRows({
  rows,
  lengthS,
  onRows,
  onLength,
}: {
  readonly rows: readonly Row[]
  readonly lengthS: number
  readonly onRows: (rows: readonly Row[]) => void
  readonly onLength: (lengthS: number) => void
}) {
  const add = (kind: RowKind): void => {
    const atS = Math.min(lengthS, (rows.at(-1)?.atS ?? -1) + 1)
    onRows([...rows, { id: crypto.randomUUID(), kind, atS, text: '', holdS: 1 }])
  }
  return (
    <Stack gap="sm">
      {rows.map((row) => (
        <CueRow
          key={row.id}
          row={row}
          lengthS={lengthS}
          onChange={(next) => {
            onRows(rows.map((one) => (one.id === row.id ? next : one)))
          }}
          onRemove={() => {
            onRows(rows.filter((one) => one.id !== row.id))
          }}
        />
      ))}
      <Group gap="xs">
        {KINDS.map(({ value, label }) => (
          <Button
            key={value}
            size="compact-sm"
            variant="light"
            leftSection={<IconPlus size={14} />}
            onClick={() => {
              add(value)
            }}
          >
            {label}
          </Button>
        ))}
      </Group>
      <NumberInput
        label="The end, at second"
        w="9rem"
        min={0.1}
        max={LONGEST_S}
        decimalScale={3}
        value={lengthS}
        onChange={(value) => {
          if (typeof value === 'number' && value > 0) onLength(value)
        }}
      />
    </Stack>
  )
}

function CueRow({
  row,
  lengthS,
  onChange,
  onRemove,
}: {
  readonly row: Row
  readonly lengthS: number
  readonly onChange: (row: Row) => void
  readonly onRemove: () => void
}) {
  const { label, placeholder } = WHAT[row.kind]
  return (
    <div className={classes['cue']} role="group" aria-label={`${row.kind} at ${row.atS} s`}>
      <NumberInput
        label="At second"
        min={0}
        max={LONGEST_S}
        decimalScale={3}
        value={row.atS}
        onChange={(value) => {
          if (typeof value === 'number') onChange({ ...row, atS: value })
        }}
      />
      <Select
        label="Kind"
        allowDeselect={false}
        data={[...KINDS]}
        value={row.kind}
        onChange={(kind) => {
          onChange({ ...row, kind: KINDS.find(({ value }) => value === kind)?.value ?? row.kind })
        }}
      />
      <TextInput
        className={classes['what'] ?? ''}
        label={label}
        placeholder={placeholder}
        maxLength={4_000}
        value={row.text}
        error={row.text === '' ? null : faultOf(row, lengthS)}
        onChange={(event) => {
          onChange({ ...row, text: event.currentTarget.value })
        }}
      />
      {row.kind === 'key' ? (
        <NumberInput
          label="Held, in s"
          w="6rem"
          min={0.01}
          max={LONGEST_S}
          decimalScale={3}
          value={row.holdS}
          onChange={(value) => {
            if (typeof value === 'number') onChange({ ...row, holdS: value })
          }}
        />
      ) : (
        <span />
      )}
      <Tooltip label="Take it out">
        <ActionIcon
          variant="subtle"
          color="gray"
          className={classes['away'] ?? ''}
          aria-label={`Remove the ${row.kind} at ${row.atS} s`}
          onClick={onRemove}
        >
          <IconX size={16} />
        </ActionIcon>
      </Tooltip>
    </div>
  )
}
