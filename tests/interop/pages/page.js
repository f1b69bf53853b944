// A page of somebody else on `@odysseyml/odyssey` as npm has it, which keeps all that it is told.
import * as odyssey from '/sdk/index.js'

const wish = new URLSearchParams(location.search)
const video = document.querySelector('video')
const errors = Object.entries(odyssey).filter(([name]) => name.endsWith('Error'))
const told = []
const tell = (name, detail = null) => told.push({ name, detail, ms: performance.now() })

const handlers = {
  onConnected: (stream) => {
    video.srcObject = stream
    tell('connected')
  },
  onDisconnected: () => tell('disconnected'),
  onStreamStarted: (id) => tell('stream_started', id),
  onStreamEnded: () => tell('stream_ended'),
  onInteractAcknowledged: (prompt) => tell('acknowledged', prompt),
  onStreamError: (reason, message) => tell('stream_error', { reason, message }),
  onBroadcastReady: (info) => tell('broadcast', info),
  onError: (error, fatal) => tell('error', { message: error.message, fatal }),
  onStatusChange: (status) => tell('status', status),
}

/** Do something of the SDK's; return what it gave, or how it was refused. */
async function outcome(doing) {
  try {
    return { value: (await doing()) ?? null }
  } catch (error) {
    const { message, code, action, actionUrl, details } = error
    const kinds = errors.filter(([, kind]) => error instanceof kind).map(([name]) => name)
    return { kinds, message, code, action, actionUrl, details }
  }
}

/**
 * Wait until what is said is heard: on a busy machine Chromium may tell that a channel is open before
 * it tells that the connection stands, and before the channel takes what is sent.
 */
async function settled() {
  const session = client.currentSessionId
  while (client.currentStatus === 'connecting' || (client.pc && !(await isOpen(client.pc)))) {
    await new Promise((then) => setTimeout(then))
  }
  return session
}

async function isOpen(pc) {
  const stats = [...(await pc.getStats()).values()]
  return stats.some(({ label, state }) => label === 'clientToStreamer' && state === 'open')
}

if (wish.has('api')) window.__ODYSSEY_API_URL__ = wish.get('api')
const apiKey = wish.get('key')
const client = new odyssey.Odyssey(apiKey ? { apiKey } : undefined)
Object.assign(window, { odyssey, client, handlers, told, outcome, settled, video })
