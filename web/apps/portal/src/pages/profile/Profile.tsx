import { Button, Card, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../../api/client.ts'
import { takeMe, useMe } from '../../api/me.ts'
import { ThemeSwitch } from '../../app/Navigation.tsx'
import { passwordFault } from '../../app/passwords.ts'
import { DataTable } from '../../pieces/DataTable.tsx'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { done } from '../../pieces/notify.ts'
import { PageHeader, Part } from '../../pieces/PageHeader.tsx'

/** Who somebody is here: their name, password, accounts, and how the portal looks to them. */
export default function Profile() {
  const { accounts } = useMe()
  return (
    <>
      <PageHeader title="Profile" about="You, in every account that you are a member of." />
      <Stack gap={0} maw="34rem">
        <Card>
          <Name />
        </Card>
        <Part title="Password" about="Changing it signs you out everywhere else.">
          <Card>
            <Password />
          </Card>
        </Part>
        <Part title="Accounts">
          <DataTable
            label="Accounts"
            rows={accounts}
            keyOf={({ id }) => id}
            columns={[
              { key: 'name', title: 'Account', leads: true, cell: ({ name }) => name },
              { key: 'role', title: 'Your role', cell: ({ role }) => role },
            ]}
            empty={<Text c="dimmed">You are a member of no account.</Text>}
          />
        </Part>
        <Part title="Colours" about="Kept in this browser.">
          <ThemeSwitch />
        </Part>
      </Stack>
    </>
  )
}

function Name() {
  const { person } = useMe()
  const client = useQueryClient()
  const form = useForm({ mode: 'uncontrolled', initialValues: { name: person.name } })
  const save = useMutation({
    mutationFn: (body: typeof form.values) => answerOf(api.PATCH('/v1/me', { body })),
    onSuccess: (me) => {
      done('Your name was changed.')
      takeMe(client, me)
    },
  })
  return (
    <form
      onSubmit={form.onSubmit((values) => {
        save.mutate(values)
      })}
    >
      <Stack gap="sm" align="flex-start">
        <TextInput
          w="100%"
          label="Name"
          name="name"
          autoComplete="name"
          required
          maxLength={120}
          key={form.key('name')}
          {...form.getInputProps('name')}
        />
        <TextInput
          w="100%"
          label="Email"
          value={person.email}
          readOnly
          description="You sign in with it."
        />
        {save.error && <ErrorNotice error={save.error} />}
        <Button type="submit" variant="default" loading={save.isPending}>
          Save
        </Button>
      </Stack>
    </form>
  )
}

function Password() {
  const { person } = useMe()
  const client = useQueryClient()
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { current: '', new: '' },
    validate: { new: passwordFault },
  })
  const change = useMutation({
    mutationFn: (asked: typeof form.values) => {
      const body = { current: person.has_password ? asked.current : null, new: asked.new }
      return answerOf(api.POST('/v1/me/password', { body }))
    },
    onSuccess: (me) => {
      form.reset()
      done('Your password was changed; you are signed out everywhere else.')
      takeMe(client, me)
    },
  })
  return (
    <form
      onSubmit={form.onSubmit((values) => {
        change.mutate(values)
      })}
    >
      <Stack gap="sm" align="flex-start">
        {person.has_password && (
          <PasswordInput
            w="100%"
            label="Current password"
            name="current"
            autoComplete="current-password"
            required
            key={form.key('current')}
            {...form.getInputProps('current')}
          />
        )}
        <PasswordInput
          w="100%"
          label="New password"
          description="10 characters or more."
          name="new"
          autoComplete="new-password"
          required
          key={form.key('new')}
          {...form.getInputProps('new')}
        />
        {change.error && <ErrorNotice error={change.error} />}
        <Button type="submit" variant="default" loading={change.isPending}>
          Change the password
        </Button>
      </Stack>
    </form>
  )
}
