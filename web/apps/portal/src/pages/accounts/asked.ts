/** Questions about every account, for the operator, and what can be done with them. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { answerOf, api, type Schemas } from '../../api/client.ts'
import { useAct } from '../../pieces/useAct.ts'

export type Account = Schemas['AccountView']
export type Plan = Schemas['PlanView']

const ACCOUNTS = ['accounts']
const PLANS = ['plans']
const MOST = 200

/** Every account. */
export const accountsSeen = infiniteQueryOptions({
  queryKey: ACCOUNTS,
  initialPageParam: null as string | null,
  queryFn: ({ pageParam }) =>
    answerOf(
      api.GET('/v1/accounts', {
        params: { query: { ...(pageParam !== null && { cursor: pageParam }) } },
      }),
    ),
  getNextPageParam: ({ cursor }) => cursor,
})

/** The plans: there are few. */
export const plansSeen = queryOptions({
  queryKey: PLANS,
  queryFn: async () =>
    (await answerOf(api.GET('/v1/plans', { params: { query: { limit: MOST } } }))).plans,
})

/** Makes an account: the answer holds the link of its first owner, this once. */
export function useCreate() {
  return useAct({
    act: (body: Schemas['CreateAccount']) => answerOf(api.POST('/v1/accounts', { body })),
    said: null,
    missed: null,
    again: [ACCOUNTS, PLANS],
  })
}

/** Changes an account: its plan, its limit, whether it is suspended. */
export function useChange() {
  return useAct({
    act: ({ id, ...body }: Schemas['ChangeAccount'] & { readonly id: string }) =>
      answerOf(
        api.PATCH('/v1/accounts/{account_id}', { params: { path: { account_id: id } }, body }),
      ),
    said: ({ name }) => `Account ${name} was changed.`,
    missed: 'The account was not changed',
    again: [ACCOUNTS, PLANS],
  })
}

/** Makes a plan, or gives it other limits, which hold for every account under it at once. */
export function usePutPlan() {
  return useAct({
    act: ({ name, ...body }: Schemas['PutPlan'] & { readonly name: string }) =>
      answerOf(api.PUT('/v1/plans/{name}', { params: { path: { name } }, body })),
    said: ({ name }) => `Plan ${name} holds now.`,
    missed: null,
    again: [ACCOUNTS, PLANS],
  })
}

/** Takes a plan away that no account is under. */
export function useRemovePlan() {
  return useAct({
    act: ({ name }: Plan) =>
      answerOf(api.DELETE('/v1/plans/{name}', { params: { path: { name } } })),
    said: (_, { name }) => `Plan ${name} is gone.`,
    missed: 'The plan stands',
    again: [PLANS],
  })
}
