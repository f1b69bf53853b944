import { Dot } from '../../pieces/StateBadge.tsx'
import type { Webhook } from './asked.ts'

const WHY: Readonly<Record<string, string>> = {
  by_owner: 'turned off',
  gone: 'off: its receiver is gone (410)',
  failing: 'off: nothing arrived for three days',
}

/** Whether a webhook is sent anything, and whether it arrives. */
export function Standing({ webhook }: { readonly webhook: Webhook }) {
  if (!webhook.enabled) {
    return <Dot tone="over">{WHY[webhook.disabled ?? 'by_owner'] ?? webhook.disabled}</Dot>
  }
  if (webhook.failing_since !== null) return <Dot tone="bad">nothing arrives</Dot>
  return <Dot tone="good">on</Dot>
}
