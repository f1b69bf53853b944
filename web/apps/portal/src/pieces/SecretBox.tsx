import { Alert, Stack, Text } from '@mantine/core'
import IconKey from '@tabler/icons-react/dist/esm/icons/IconKey.mjs'
import { CopyBox } from './CopyBox.tsx'

/** A secret that is shown this once: a key, a link, what signs webhooks. */
export function SecretBox({
  secret,
  label,
  children,
}: {
  readonly secret: string
  readonly label: string
  /** Where it goes now. */
  readonly children?: React.ReactNode
}) {
  return (
    <Alert color="clay" icon={<IconKey size={18} />} title="Shown this once">
      <Stack gap="xs">
        <Text size="sm">Copy it now: what is kept here is only a digest of it.</Text>
        <CopyBox text={secret} label={label} />
        {children}
      </Stack>
    </Alert>
  )
}
