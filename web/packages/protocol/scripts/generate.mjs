import { writeFile } from 'node:fs/promises'

import { messages, messagesUrl } from './messages.mjs'

await writeFile(messagesUrl, await messages())
