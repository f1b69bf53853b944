/** Questions about the people of an account, and what can be done about them. */
import { infiniteQueryOptions } from '@tanstack/react-query'
import { answerOf, api, type Schemas } from '../../api/client.ts'
import { whoIsIn } from '../../api/me.ts'
import { useAct } from '../../pieces/useAct.ts'

export type Member = Schemas['MemberView']
export type Invitation = Schemas['InvitationView']
export type Role = Member['role']

/** What each role may do, in a line; the gateway's own table decides. */
export const ROLES: readonly {
  readonly value: Role
  readonly label: string
  readonly about: string
}[] = [
  { value: 'owner', label: 'Owner', about: 'everything, and makes owners' },
  { value: 'admin', label: 'Admin', about: 'everything but making owners' },
  {
    value: 'developer',
    label: 'Developer',
    about: 'sessions, projects, keys, share links, webhooks',
  },
  { value: 'viewer', label: 'Viewer', about: 'looks at all of it, changes nothing' },
]

const KEY = ['members']

/** The members, and with the first page the invitations that are open. */
export const membersSeen = infiniteQueryOptions({
  queryKey: KEY,
  initialPageParam: null as string | null,
  queryFn: ({ pageParam }) =>
    answerOf(
      api.GET('/v1/members', {
        params: { query: { limit: 100, ...(pageParam !== null && { cursor: pageParam }) } },
      }),
    ),
  getNextPageParam: ({ cursor }) => cursor,
})

const AGAIN = [KEY, whoIsIn.queryKey]

/** Invites somebody: the answer holds the link, this once. */
export function useInvite() {
  return useAct({
    act: (body: Schemas['InviteMember']) => answerOf(api.POST('/v1/members', { body })),
    said: null,
    missed: null,
    again: AGAIN,
  })
}

/** Gives a member another role. */
export function useRole() {
  return useAct({
    act: ({ id, role }: { readonly id: string; readonly role: Role }) =>
      answerOf(
        api.PATCH('/v1/members/{member_id}', {
          params: { path: { member_id: id } },
          body: { role },
        }),
      ),
    said: ({ name, role }) => `${name} is ${role} now.`,
    missed: 'The role was not changed',
    again: AGAIN,
  })
}

/** Takes a member out of the account. */
export function useRemove() {
  return useAct({
    act: ({ id }: Member) =>
      answerOf(api.DELETE('/v1/members/{member_id}', { params: { path: { member_id: id } } })),
    said: (_, { name }) => `${name} is no longer a member: their sign-ins here are over.`,
    missed: 'Nobody was taken out',
    again: AGAIN,
  })
}

/** Takes an invitation back. */
export function useUninvite() {
  return useAct({
    act: ({ id }: Invitation) =>
      answerOf(
        api.DELETE('/v1/invitations/{invitation_id}', {
          params: { path: { invitation_id: id } },
        }),
      ),
    said: (_, { email }) => `The link for ${email} opens nothing any more.`,
    missed: 'The invitation stands',
    again: AGAIN,
  })
}
