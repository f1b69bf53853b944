import { Select, type SelectProps } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { projectsSeen } from '../api/projects.ts'

/** Says what is wrong with a project that was chosen, for a form; null is nothing. */
export function projectFault(project: string | null): string | null {
  return project === null ? 'Choose one.' : null
}

/** One of the account’s projects, by its title. */
export function ProjectSelect(given: Omit<SelectProps, 'label' | 'data'>) {
  const { data: projects } = useQuery(projectsSeen)
  return (
    <Select
      label="Project"
      required
      data={(projects ?? []).map(({ name, title }) => ({
        value: name,
        label: title === '' ? name : title,
      }))}
      {...given}
    />
  )
}
