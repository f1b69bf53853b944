import { Button, Card, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useMay } from '../../api/me.ts'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { done } from '../../pieces/notify.ts'
import { type OwnProject, type Rule, ruleCatalogue, useChange } from './asked.ts'
import { RuleField } from './RuleField.tsx'
import { changeOf, edits, valueAt } from './values.ts'
import classes from './Project.module.css'

/** Every rule of a project, group by group. What is saved acts at once. */
export function Rules({ project }: { readonly project: OwnProject }) {
  const { data: rules, error, refetch } = useQuery(ruleCatalogue)
  const may = useMay('projects:write')
  const change = useChange(project)
  const [edited, setEdited] = useState<ReadonlyMap<string, unknown>>(new Map())
  const known = project.rules as Readonly<Record<string, unknown>>
  const pending = useMemo(() => edits(known, edited), [known, edited])
  if (error && rules === undefined) {
    return <ErrorNotice error={error} onRetry={() => void refetch()} />
  }
  const save = (): void => {
    change.mutate(
      { rules: changeOf(pending) },
      {
        onSuccess: () => {
          setEdited(new Map())
          done('The rules were changed, and hold now.')
        },
      },
    )
  }
  return (
    <form
      aria-label="Rules"
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <Stack gap="md">
        {groupsOf(rules ?? []).map(({ group, title, rules: some }) => (
          <Card key={group} component="section" aria-label={title}>
            <Title order={3} mb="sm">
              {title}
            </Title>
            <div className={classes['rules']}>
              {some.map((rule) => (
                <RuleField
                  key={rule.path}
                  rule={rule}
                  isReadOnly={!may}
                  value={edited.has(rule.path) ? edited.get(rule.path) : valueAt(known, rule.path)}
                  onChange={(value) => {
                    setEdited(new Map(edited).set(rule.path, value))
                  }}
                />
              ))}
            </div>
          </Card>
        ))}
      </Stack>
      {change.error && <ErrorNotice error={change.error} />}
      {may && pending.size > 0 && (
        <div className={classes['save']} role="status">
          <Text size="sm">
            {pending.size === 1 ? '1 rule is changed.' : `${pending.size} rules are changed.`}
          </Text>
          <Group gap="xs">
            <Button
              variant="default"
              onClick={() => {
                setEdited(new Map())
              }}
            >
              Put back
            </Button>
            <Button type="submit" loading={change.isPending}>
              Save the rules
            </Button>
          </Group>
        </div>
      )}
    </form>
  )
}

interface GroupOfRules {
  readonly group: string
  readonly title: string
  readonly rules: readonly Rule[]
}

function groupsOf(rules: readonly Rule[]): readonly GroupOfRules[] {
  const groups = [...new Set(rules.map(({ group }) => group))]
  return groups.map((group) => {
    const some = rules.filter((rule) => rule.group === group)
    const title = some[0]?.group_title ?? ''
    return { group, title: title === '' ? 'Sessions' : title, rules: some }
  })
}
