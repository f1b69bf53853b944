import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useLocation, useNavigate } from 'react-router'
import { answerOf, api } from '../../api/client.ts'
import { signedIn } from '../../api/me.ts'
import { waysIn } from '../../api/ways.ts'
import { secretOf } from '../../app/next.ts'
import { Card } from '../../app/Outside.tsx'
import { passwordFault } from '../../app/passwords.ts'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'

/** Makes whoever has the one-time link the owner of this Diorama. */
export default function SetUp() {
  const token = secretOf(useLocation().hash)
  const { data: ways } = useQuery(waysIn)
  if (token === '') {
    return (
      <Card title="This link is not whole">
        <Text size="sm">
          The link from the terminal ends in <q>#</q> and a long code. Copy all of it, and open it
          again.
        </Text>
      </Card>
    )
  }
  if (ways?.set_up === false) {
    return (
      <Card title="This Diorama has an owner">
        <Text size="sm">
          The link did its work, or another one did.{' '}
          <Anchor component={Link} to="/">
            Go to the portal
          </Anchor>
          , or ask the owner to invite you.
        </Text>
      </Card>
    )
  }
  return (
    <Card
      title="Make this Diorama yours"
      about="You become its owner: you see all that runs here, and you let others in."
    >
      <OwnerForm token={token} />
    </Card>
  )
}

function OwnerForm({ token }: { readonly token: string }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name: '', email: '', password: '' },
    validate: { password: passwordFault },
  })
  const own = useMutation({
    mutationFn: (body: typeof form.values) =>
      answerOf(api.POST('/v1/set-up', { body: { ...body, token } })),
    onSuccess: async () => {
      await signedIn(client)
      await navigate('/', { replace: true })
    },
  })
  return (
    <form
      onSubmit={form.onSubmit((values) => {
        own.mutate(values)
      })}
    >
      <Stack gap="sm">
        <TextInput
          label="Your name"
          name="name"
          autoComplete="name"
          required
          maxLength={120}
          autoFocus
          key={form.key('name')}
          {...form.getInputProps('name')}
        />
        <TextInput
          label="Email"
          description="You sign in with it. Nothing is sent to it."
          type="email"
          name="email"
          autoComplete="username"
          required
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label="Password"
          description="10 characters or more."
          name="password"
          autoComplete="new-password"
          required
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
        {own.error && <ErrorNotice error={own.error} />}
        <Button type="submit" fullWidth mt={4} loading={own.isPending}>
          Become the owner
        </Button>
      </Stack>
    </form>
  )
}
