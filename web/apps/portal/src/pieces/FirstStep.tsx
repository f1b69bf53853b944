import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { useMay } from '../api/me.ts'
import { projectsSeen } from '../api/projects.ts'

/** Whether the account has something to play; so it is taken to be until that is known. */
export function useHasProject(): boolean {
  const { data } = useQuery({ ...projectsSeen, enabled: useMay('projects:read') })
  return data?.length !== 0
}

/** What brings an account its first session: its first project, or somebody who plays. */
export function FirstStep() {
  const hasProject = useHasProject()
  const mayMake = useMay('projects:write')
  if (!hasProject && mayMake) {
    return (
      <Button component={Link} to="/projects">
        Make a project
      </Button>
    )
  }
  return (
    // In another tab: the portal stays where it is.
    <Button component="a" href="/play" target="_blank">
      Play a world
    </Button>
  )
}
