import { Center, Loader } from '@mantine/core'

/** Says that something is on its way. */
export function Waiting({ height }: { readonly height: string }) {
  return (
    <Center h={height}>
      <Loader type="dots" aria-label="Loading" />
    </Center>
  )
}
