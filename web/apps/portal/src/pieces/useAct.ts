/** Something that a person does: said when it is done, told why where it is not, and read again. */
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'
import { done, failed } from './notify.ts'

/**
 * Returns a mutation that says what came of it.
 *
 * `missed` is the title of the notice where it was refused, as `The key was not made`; null leaves
 * that to the page, which shows `error` beside the form.
 */
export function useAct<Asked, Answer>({
  act,
  said,
  missed,
  again,
}: {
  readonly act: (asked: Asked) => Promise<Answer>
  readonly said: ((answer: Answer, asked: Asked) => string) | null
  readonly missed: string | null
  readonly again: readonly QueryKey[]
}) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: (answer, asked) => {
      if (said !== null) done(said(answer, asked))
    },
    onError: (error) => {
      if (missed !== null) failed(missed, error)
    },
    onSettled: () => Promise.all(again.map((queryKey) => client.invalidateQueries({ queryKey }))),
  })
}
