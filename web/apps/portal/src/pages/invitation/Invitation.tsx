import { Alert, Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useLocation, useNavigate } from 'react-router'
import { answerOf, api, type Schemas } from '../../api/client.ts'
import { signedIn, whoIsIn } from '../../api/me.ts'
import { secretOf } from '../../app/next.ts'
import { Card } from '../../app/Outside.tsx'
import { passwordFault } from '../../app/passwords.ts'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'

interface Accepting {
  readonly name?: string
  readonly password?: string
}

/** Lets somebody into the account that invited them: as who they are, or as somebody new. */
export default function Invitation() {
  const token = secretOf(useLocation().hash)
  const { data: invitation, error } = useQuery({
    queryKey: ['invitation', token],
    enabled: token !== '',
    queryFn: () => answerOf(api.POST('/v1/invitations/look', { body: { token } })),
  })
  if (token === '') {
    return (
      <Card title="This link is not whole">
        <Text size="sm">
          A link of an invitation ends in <q>#</q> and a long code. Ask for it again, or copy all of
          it.
        </Text>
      </Card>
    )
  }
  if (invitation === undefined) {
    return (
      <Card title={error ? 'This link opens nothing' : 'You are invited'}>
        {error && (
          <>
            <ErrorNotice error={error} />
            <Text size="sm">
              A link works once, and for some days. Who came in by it{' '}
              <Anchor component={Link} to="/">
                goes to the portal
              </Anchor>
              ; others ask whoever invited them for another.
            </Text>
          </>
        )}
      </Card>
    )
  }
  return (
    <Card
      title={`Join ${invitation.account}`}
      about={`You are invited as ${invitation.role}, with the address ${invitation.email}.`}
    >
      <Joining token={token} invitation={invitation} />
    </Card>
  )
}

function Joining({
  token,
  invitation,
}: {
  readonly token: string
  readonly invitation: Schemas['InvitationLook']
}) {
  const { data: me } = useQuery(whoIsIn)
  const client = useQueryClient()
  const navigate = useNavigate()
  const accept = useMutation({
    mutationFn: (who: Accepting) =>
      answerOf(api.POST('/v1/invitations/accept', { body: { token, ...who } })),
    onSuccess: async () => {
      await signedIn(client)
      await navigate('/', { replace: true })
    },
  })
  const isThem = me?.person.email === invitation.email
  return (
    <Stack gap="sm">
      {me && !isThem && (
        <Alert color="clay">
          You are signed in as {me.person.email}. Joining signs this browser in as{' '}
          {invitation.email}.
        </Alert>
      )}
      {isThem ? (
        <Button
          loading={accept.isPending}
          onClick={() => {
            accept.mutate({})
          }}
        >
          Join as {me.person.name}
        </Button>
      ) : (
        <WhoForm isKnown={invitation.known} isPending={accept.isPending} onDone={accept.mutate} />
      )}
      {accept.error && <ErrorNotice error={accept.error} />}
    </Stack>
  )
}

function WhoForm({
  isKnown,
  isPending,
  onDone,
}: {
  readonly isKnown: boolean
  readonly isPending: boolean
  readonly onDone: (who: Accepting) => void
}) {
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name: '', password: '' },
    validate: { password: isKnown ? () => null : passwordFault },
  })
  return (
    <form
      onSubmit={form.onSubmit(({ name, password }) => {
        onDone(isKnown ? { password } : { name, password })
      })}
    >
      <Stack gap="sm">
        {!isKnown && (
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
        )}
        <PasswordInput
          label="Password"
          description={
            isKnown
              ? 'You are known here: the one that you sign in with.'
              : '10 characters or more.'
          }
          name="password"
          autoComplete={isKnown ? 'current-password' : 'new-password'}
          required
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
        <Button type="submit" fullWidth mt={4} loading={isPending}>
          Join
        </Button>
      </Stack>
    </form>
  )
}
