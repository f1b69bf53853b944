/** Questions about one's own projects, and what can be done to them. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { answerOf, api, type Schemas } from '../../api/client.ts'
import { keys } from '../../api/watched.ts'

export type OwnProject = Schemas['OwnProject']
export type Change = Schemas['ChangeProject']
export type Rule = Schemas['RuleView']

/** One's own project, with its rules. */
export function ownProject(name: string) {
  return queryOptions({
    queryKey: [...keys.projects, name],
    queryFn: async () =>
      (await answerOf(
        api.GET('/v1/projects/{name}', { params: { path: { name } } }),
      )) as unknown as OwnProject,
  })
}

/** Every rule that a project has: what a form is made from. It changes with the gateway only. */
export const ruleCatalogue = queryOptions({
  queryKey: ['rules'],
  staleTime: Infinity,
  queryFn: async () => (await answerOf(api.GET('/v1/rules'))).rules,
})

/** The worlds that projects can be made from. */
export const worldsOffered = queryOptions({
  queryKey: ['worlds'],
  queryFn: async () => (await answerOf(api.GET('/v1/worlds'))).worlds,
})

/** How the lines of a project are. */
export function queueOf(name: string) {
  return queryOptions({
    queryKey: [...keys.projects, name, 'queue'],
    queryFn: () => answerOf(api.GET('/v1/projects/{name}/queue', { params: { path: { name } } })),
  })
}

/** Changes a project, held to the version that the page shows. */
export function useChange(project: OwnProject) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Change) =>
      answerOf(
        api.PATCH('/v1/projects/{name}', {
          params: { path: { name: project.name } },
          headers: { 'If-Match': `"${project.version}"` },
          body,
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: keys.projects }),
  })
}
