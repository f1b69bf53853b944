import IconWebhook from '@tabler/icons-react/dist/esm/icons/IconWebhook.mjs'
import type { PageEntry } from '../../app/registry.ts'

export const entry: readonly PageEntry[] = [
  {
    path: '/webhooks',
    title: 'Webhooks',
    needs: 'webhooks:read',
    nav: { section: 'Connect', order: 3, icon: IconWebhook },
    load: () => import('./Webhooks.tsx'),
  },
  {
    path: '/webhooks/:id',
    title: 'Webhook',
    needs: 'webhooks:read',
    load: () => import('./Webhook.tsx'),
  },
]
