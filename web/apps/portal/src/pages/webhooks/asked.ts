/** Questions about webhooks and their deliveries, and what can be done with them. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { answerOf, api, type Schemas } from '../../api/client.ts'
import { useAct } from '../../pieces/useAct.ts'

export type Webhook = Schemas['WebhookView']
export type Delivery = Schemas['DeliveryView']

const KEY = ['webhooks']

/** Families of events, and what they tell. */
export const FAMILIES: readonly { readonly value: string; readonly label: string }[] = [
  { value: 'session.*', label: 'Sessions: each step of each session' },
  { value: 'queue.*', label: 'Lines: who joins, moves up and leaves' },
  { value: 'worker.*', label: 'Workers: come, drain, lost' },
  { value: 'usage.*', label: 'Usage: hours reached, months closed' },
  { value: 'simulation.*', label: 'Simulations: each step' },
]

/** The webhooks of the account, the newest first. */
export const webhooksSeen = infiniteQueryOptions({
  queryKey: KEY,
  initialPageParam: null as string | null,
  queryFn: ({ pageParam }) =>
    answerOf(
      api.GET('/v1/webhooks', {
        params: { query: { ...(pageParam !== null && { cursor: pageParam }) } },
      }),
    ),
  getNextPageParam: ({ cursor }) => cursor,
})

/** One webhook. */
export function webhook(id: string) {
  return queryOptions({
    queryKey: [...KEY, id],
    queryFn: () =>
      answerOf(api.GET('/v1/webhooks/{webhook_id}', { params: { path: { webhook_id: id } } })),
  })
}

const AGAIN_MS = 5_000

/** What was sent, and what came back, the newest first. */
export function deliveriesOf(id: string) {
  return infiniteQueryOptions({
    queryKey: [...KEY, id, 'deliveries'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/v1/webhooks/{webhook_id}/deliveries', {
          params: {
            path: { webhook_id: id },
            query: { ...(pageParam !== null && { cursor: pageParam }) },
          },
        }),
      ),
    getNextPageParam: ({ cursor }) => cursor,
    refetchInterval: AGAIN_MS,
  })
}

/** Makes a webhook: the answer holds its secret, this once. */
export function useCreate() {
  return useAct({
    act: (body: Schemas['NewWebhook']) => answerOf(api.POST('/v1/webhooks', { body })),
    said: null,
    missed: null,
    again: [KEY],
  })
}

/** Changes a webhook. */
export function useChange(id: string) {
  return useAct({
    act: (body: Schemas['ChangeWebhook']) =>
      answerOf(
        api.PATCH('/v1/webhooks/{webhook_id}', { params: { path: { webhook_id: id } }, body }),
      ),
    said: () => 'The webhook was changed.',
    missed: 'The webhook was not changed',
    again: [KEY],
  })
}

/** Takes a webhook away. */
export function useRemove(id: string) {
  return useAct({
    act: () =>
      answerOf(api.DELETE('/v1/webhooks/{webhook_id}', { params: { path: { webhook_id: id } } })),
    said: () => 'The webhook is gone: nothing is sent to it any more.',
    missed: 'The webhook stands',
    again: [KEY],
  })
}

/** Makes another secret; for a day both sign. */
export function useRotate(id: string) {
  return useAct({
    act: () =>
      answerOf(
        api.POST('/v1/webhooks/{webhook_id}/rotate', {
          params: { path: { webhook_id: id } },
          body: {},
        }),
      ),
    said: null,
    missed: 'No new secret was made',
    again: [KEY],
  })
}

/** Sends an event that only says that it is a test. */
export function useTest(id: string) {
  return useAct({
    act: () =>
      answerOf(
        api.POST('/v1/webhooks/{webhook_id}/test', { params: { path: { webhook_id: id } } }),
      ),
    said: () => 'A test is on its way: see the delivery log.',
    missed: 'No test was sent',
    again: [[...KEY, id, 'deliveries']],
  })
}

/** Sends one event again. */
export function useRedeliver(id: string) {
  return useAct({
    act: (delivery: Delivery) =>
      answerOf(
        api.POST('/v1/deliveries/{delivery_id}/redeliver', {
          params: { path: { delivery_id: delivery.id } },
        }),
      ),
    said: () => 'It is sent again.',
    missed: 'It was not sent again',
    again: [[...KEY, id, 'deliveries']],
  })
}
