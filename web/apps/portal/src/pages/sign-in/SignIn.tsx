import {
  Alert,
  Anchor,
  Button,
  Divider,
  PasswordInput,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Navigate, useLocation, useNavigate, useSearchParams } from 'react-router'
import { answerOf, api } from '../../api/client.ts'
import { signedIn, whoIsIn } from '../../api/me.ts'
import { waysIn } from '../../api/ways.ts'
import { nextPath } from '../../app/next.ts'
import { Card } from '../../app/Outside.tsx'
import { Waiting } from '../../pieces/Waiting.tsx'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { problemText } from './problems.ts'

/** Where somebody says who they are. */
export default function SignIn() {
  const { state } = useLocation() as { readonly state: unknown }
  const { data: me } = useQuery(whoIsIn)
  const { data, error, refetch } = useQuery(waysIn)
  const [search] = useSearchParams()
  const problem = search.get('problem')
  if (me === undefined) return <Waiting height="50vh" />
  if (me) return <Navigate to={nextPath(state)} replace />
  if (data?.set_up === true) return <NoOwnerYet />
  return (
    <Card title="Sign in" about="To what streams here, who watches, and what it costs.">
      {problem !== null && (
        <Alert color="red" role="alert">
          {problemText(problem, data?.oidc?.name ?? 'The provider')}
        </Alert>
      )}
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {data?.password === true && <WithPassword />}
      {data?.password === true && data.oidc && <Divider label="or" />}
      {data?.oidc && (
        <Button
          component="a"
          href={`/v1/oidc/start?next=${encodeURIComponent(nextPath(state))}`}
          variant="default"
          fullWidth
        >
          Sign in with {data.oidc.name}
        </Button>
      )}
      <Text size="sm" c="dimmed">
        Only here to watch? <Anchor href="/play">See the worlds</Anchor>.
      </Text>
    </Card>
  )
}

function WithPassword() {
  const client = useQueryClient()
  const navigate = useNavigate()
  const { state } = useLocation() as { readonly state: unknown }
  const form = useForm({ mode: 'uncontrolled', initialValues: { email: '', password: '' } })
  const enter = useMutation({
    mutationFn: (body: typeof form.values) => answerOf(api.POST('/v1/sign-in', { body })),
    onSuccess: async () => {
      await signedIn(client)
      await navigate(nextPath(state), { replace: true })
    },
  })
  return (
    <form
      onSubmit={form.onSubmit((values) => {
        enter.mutate(values)
      })}
    >
      <Stack gap="sm">
        <TextInput
          label="Email"
          type="email"
          name="email"
          autoComplete="username"
          required
          autoFocus
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
        {enter.error && <ErrorNotice error={enter.error} />}
        <Button type="submit" fullWidth mt={4} loading={enter.isPending}>
          Sign in
        </Button>
        {enter.error && (
          <Text size="sm" c="dimmed">
            Forgot your password? Have an owner or admin remove you from Members and invite you
            again: you choose a new one then.
          </Text>
        )}
      </Stack>
    </form>
  )
}

function NoOwnerYet() {
  return (
    <Card
      title="Diorama has no owner yet"
      about="Its start printed a link that makes you the owner."
    >
      <Text size="sm">
        Look into the terminal in which Diorama runs, for an address that ends in{' '}
        <code>/set-up#…</code>, and open it. It works once, for a day; each new start prints
        another, as long as there is no owner.
      </Text>
      <Text size="sm" c="dimmed">
        Only here to watch? <Anchor href="/play">See the worlds</Anchor>.
      </Text>
    </Card>
  )
}
