/** Questions about recordings, and their end. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { useAct } from '../pieces/useAct.ts'
import { answerOf, api, type Schemas } from './client.ts'
import type { paths } from './schema.d.ts'

export type Recording = Schemas['RecordingView']
export type RecordingFile = Schemas['RecordingFile']
export type RecordingFilter = Omit<
  NonNullable<paths['/v1/recordings']['get']['parameters']['query']>,
  'cursor' | 'limit'
>

const KEY = ['recordings']
const PAGE = 24
const AGAIN_MS = 4_000
/** Links open their files for a quarter of an hour. */
const LINKS_MS = 600_000

/** The recordings that fit, the newest first. */
export function recordingsThat(fit: RecordingFilter) {
  return infiniteQueryOptions({
    queryKey: [...KEY, fit],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/v1/recordings', {
          params: {
            query: { ...fit, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) },
          },
        }),
      ),
    getNextPageParam: ({ cursor }) => cursor,
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some(({ recordings }) => recordings.some(({ state }) => state === 'recording'))
        ? AGAIN_MS
        : LINKS_MS,
  })
}

/** One recording, with links to its files. */
export function recordingOf(id: string) {
  return queryOptions({
    queryKey: ['recording', id],
    queryFn: () =>
      answerOf(
        api.GET('/v1/recordings/{recording_id}', { params: { path: { recording_id: id } } }),
      ),
    refetchInterval: ({ state: { data } }) => (data?.state === 'recording' ? AGAIN_MS : LINKS_MS),
  })
}

/** Deletes a recording with its files. */
export function useDelete() {
  return useAct({
    act: ({ id }: Pick<Recording, 'id'>) =>
      answerOf(
        api.DELETE('/v1/recordings/{recording_id}', { params: { path: { recording_id: id } } }),
      ),
    said: () => 'The recording and its files were deleted.',
    missed: 'The recording stands',
    again: [KEY, ['recording']],
  })
}

/** Returns a file of a recording by its name, if it has it. */
export function fileOf(
  { files }: Pick<Recording, 'files'>,
  name: RecordingFile['name'],
): RecordingFile | undefined {
  return files.find((file) => file.name === name)
}
