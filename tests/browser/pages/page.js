// A page of somebody else with one world in it, which keeps all that the SDK tells it.
import { attachInput, connect } from '/sdk/index.js'

const wish = new URLSearchParams(location.search)
const clientId = wish.get('client')
const token = wish.get('token')
const iceTransportPolicy = wish.get('policy')
const video = document.querySelector('video')
const told = []
const names = [
  ...['state', 'queue', 'media', 'attached', 'warning', 'reconnecting', 'reconnected'],
  ...['error', 'ended', 'restarting'],
]

window.told = told
window.session = connect({
  server: wish.get('server'),
  project: wish.get('project'),
  video,
  autoRestart: wish.get('restart') === 'auto',
  ...(clientId && { clientId }),
  ...(token && { token }),
  ...(iceTransportPolicy && { iceTransportPolicy }),
})
for (const name of names) {
  window.session.on(name, (detail) => told.push({ name, detail, ms: performance.now() }))
}
window.session.on('media', (media) => show(media === 'playing' ? 'playing' : 'waiting'))
window.session.on('ended', () => show('ended'))
attachInput(video, window.session)

function show(screen) {
  document.body.dataset.screen = screen
}
