import {
  ActionIcon,
  Button,
  Group,
  Input,
  NumberInput,
  Select,
  Stack,
  Switch,
  TagsInput,
  TextInput,
} from '@mantine/core'
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs'
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs'
import { useState } from 'react'
import { countText, spanText } from '../../pieces/spans.ts'
import type { Rule } from './asked.ts'

/** A sentence is as wide as its column, however narrow its control. */
const NARROW = { wrapper: { maxWidth: '16rem' } }

interface Field {
  readonly rule: Rule
  readonly value: unknown
  readonly isReadOnly: boolean
  readonly onChange: (value: unknown) => void
}

/** One rule as a control, with what it does and its bounds; the gateway holds it to them as well. */
export function RuleField(field: Field) {
  const { rule, value, isReadOnly, onChange } = field
  switch (rule.type) {
    case 'boolean':
      return (
        <Switch
          label={rule.title}
          description={<Help text={rule.help} />}
          checked={value === true}
          disabled={isReadOnly}
          onChange={(event) => {
            onChange(event.currentTarget.checked)
          }}
        />
      )
    case 'choice':
      return (
        <Select
          label={rule.title}
          description={<Help text={rule.help} />}
          data={[...rule.choices]}
          value={String(value)}
          allowDeselect={false}
          readOnly={isReadOnly}
          styles={NARROW}
          onChange={onChange}
        />
      )
    case 'list':
      return (
        <TagsInput
          label={rule.title}
          description={<Help text={rule.help} />}
          placeholder="Type one and press Enter"
          value={value as string[]}
          readOnly={isReadOnly}
          {...(rule.max_items !== null && { maxTags: rule.max_items })}
          onChange={onChange}
        />
      )
    case 'map':
      return <MapField {...field} />
    case 'integer':
    case 'number':
      return <NumberField {...field} />
  }
}

function NumberField({ rule, value, isReadOnly, onChange }: Field) {
  const none = rule.nullable ? { placeholder: 'no limit' } : {}
  return (
    <NumberInput
      label={rule.title}
      description={<Help text={`${rule.help} ${boundsOf(rule)}`} />}
      value={typeof value === 'number' ? value : ''}
      readOnly={isReadOnly}
      allowDecimal={rule.type === 'number'}
      thousandSeparator=" "
      {...none}
      {...(rule.min !== null && { min: rule.min })}
      {...(rule.max !== null && { max: rule.max })}
      {...(rule.unit === 's' && { suffix: ' s' })}
      styles={NARROW}
      onChange={(next) => {
        if (next === '') onChange(rule.nullable ? null : rule.default)
        else onChange(Number(next))
      }}
    />
  )
}

/** Names with an integer each: rows that can be added and taken away. */
function MapField({ rule, value, isReadOnly, onChange }: Field) {
  const rows = Object.entries(value as Readonly<Record<string, number>>)
  const [name, setName] = useState('')
  const put = (next: readonly (readonly [string, number])[]): void => {
    onChange(Object.fromEntries(next))
  }
  const add = (): void => {
    const said = name.trim()
    if (said !== '' && !rows.some(([known]) => known === said)) put([...rows, [said, 0]])
    setName('')
  }
  return (
    <Input.Wrapper label={rule.title} description={<Help text={rule.help} />}>
      <Stack gap="xs" mt={6} maw="24rem">
        {rows.map(([known, number]) => (
          <Group key={known} gap="xs" wrap="nowrap">
            <TextInput aria-label="Name" value={known} readOnly flex={1} />
            <NumberInput
              aria-label={`Class of ${known}`}
              value={number}
              readOnly={isReadOnly}
              allowDecimal={false}
              {...(rule.min !== null && { min: rule.min })}
              {...(rule.max !== null && { max: rule.max })}
              w="6.5rem"
              onChange={(next) => {
                put(rows.map((row) => (row[0] === known ? [known, Number(next) || 0] : row)))
              }}
            />
            {!isReadOnly && (
              <ActionIcon
                aria-label={`Remove ${known}`}
                onClick={() => {
                  put(rows.filter(([other]) => other !== known))
                }}
              >
                <IconX size={16} />
              </ActionIcon>
            )}
          </Group>
        ))}
        {!isReadOnly && (
          <Group gap="xs" wrap="nowrap">
            <TextInput
              aria-label="Name of a new one"
              placeholder="A name, such as members"
              value={name}
              flex={1}
              {...(rule.max_length !== null && { maxLength: rule.max_length })}
              onChange={(event) => {
                setName(event.currentTarget.value)
              }}
              onKeyDown={(event) => {
                if (event.key !== 'Enter') return
                event.preventDefault()
                add()
              }}
            />
            <Button variant="default" leftSection={<IconPlus size={16} />} onClick={add}>
              Add
            </Button>
          </Group>
        )}
      </Stack>
    </Input.Wrapper>
  )
}

/** A rule's help: what stands between backticks is code. */
function Help({ text }: { readonly text: string }) {
  return text.split('`').map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part))
}

/** Returns a number's bounds and default as a sentence. */
export function boundsOf(rule: Rule): string {
  const unit = rule.unit === null ? '' : ` ${rule.unit}`
  const text = (value: number): string =>
    rule.unit === 's' && value >= 120
      ? `${countText(value)} s (${spanText(value)})`
      : `${countText(value)}${unit}`
  const least = rule.min === null ? '' : text(rule.min)
  const most = rule.max === null ? '' : text(rule.max)
  const bounds = most === '' ? '' : `${least} to ${most}`
  const usual = typeof rule.default === 'number' ? text(rule.default) : 'no limit'
  return bounds === '' ? `By default ${usual}.` : `${bounds}; by default ${usual}.`
}
