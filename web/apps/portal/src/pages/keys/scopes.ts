/** What an API key may be allowed to, in words. Pure. */
import type { Permission } from '../../api/me.ts'

/** A permission in words; one that is not here is shown by its name. */
const WORDS: Readonly<Record<string, string>> = {
  'sessions:read': 'look at sessions',
  'sessions:write': 'open, extend and end sessions',
  'tickets:write': 'mint tickets for viewers',
  'projects:read': 'look at projects',
  'projects:write': 'make and change projects',
  'links:read': 'look at share links',
  'links:write': 'make and revoke share links',
  'workers:read': 'look at workers',
  'workers:write': 'drain workers',
  'usage:read': 'read usage',
  'events:read': 'read events',
  'webhooks:read': 'look at webhooks',
  'webhooks:write': 'make and change webhooks',
  'keys:read': 'look at keys',
  'keys:write': 'make and revoke keys',
  'members:read': 'look at members',
  'members:write': 'invite and take out members',
  'account:read': 'look at the account',
  'account:write': 'change the account',
  'audit:read': 'read the audit log',
  operate: 'operate this Diorama: accounts, plans, every worker',
}

/** Sets of scopes that fit a purpose, by what they are for. */
export const PRESETS: readonly {
  readonly value: string
  readonly label: string
  readonly scopes: readonly string[]
}[] = [
  {
    value: 'backend',
    label: 'A backend that mints tickets and looks after sessions',
    scopes: ['tickets:write', 'sessions:read', 'sessions:write', 'projects:read'],
  },
  {
    value: 'billing',
    label: 'Billing: reads usage and events',
    scopes: ['usage:read', 'events:read', 'account:read', 'projects:read'],
  },
  {
    value: 'deploy',
    label: 'A deployment that sets up projects and webhooks',
    scopes: [
      'projects:read',
      'projects:write',
      'events:read',
      'webhooks:read',
      'webhooks:write',
      'links:read',
      'links:write',
    ],
  },
  { value: 'chosen', label: 'Chosen one by one', scopes: [] },
]

/** Returns a permission in words. */
export function wordsOf(permission: Permission): string {
  return WORDS[permission] ?? permission
}
