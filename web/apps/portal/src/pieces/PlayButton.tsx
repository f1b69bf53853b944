import { Button } from '@mantine/core'

/** Opens the worlds in another tab: the portal stays where it is. */
export function PlayButton() {
  return (
    <Button component="a" href="/play" target="_blank">
      Play a world
    </Button>
  )
}
