/**
 * `/watch/{session}#token=...`: a session of somebody else's, to be looked at. The SDK watches; this
 * page says how that goes, in words.
 */
import { fullscreen } from '@diorama/sdk'
import { watch, type Watch } from '@diorama/sdk/watch'

import { part, setText } from './page.ts'
import { setUpTheme } from './theme.ts'
import { countWords, endTitle, isWorthAnother, sessionOfPath, tokenOf } from './watching.ts'

const video = part('picture', HTMLVideoElement)
const again = part('again', HTMLButtonElement)
const full = part('full', HTMLButtonElement)
const session = sessionOfPath(location.pathname)
const token = tokenOf(location.hash)

function show(screen: 'waiting' | 'watching' | 'ended'): void {
  document.body.dataset['screen'] = screen
  part('wait', HTMLElement).hidden = screen !== 'waiting'
  part('end', HTMLElement).hidden = screen !== 'ended'
  full.hidden = screen !== 'watching'
  setText('state', { waiting: 'Connecting…', watching: 'Watching', ended: 'Over' }[screen])
}

function start(): void {
  const opened = watch(`/v1/whep/${encodeURIComponent(session)}`, { token, video })
  show('waiting')
  opened.on('state', (state) => {
    if (state === 'watching') document.body.dataset['seen'] = ''
    const seen = document.body.dataset['seen'] !== undefined
    setText('wait-title', seen ? 'Connecting again…' : 'Connecting to the session…')
    show(state)
  })
  opened.on('spectators', () => {
    tell(opened)
  })
  opened.on('ended', ({ reason, message }) => {
    part('count', HTMLElement).hidden = true
    setText('end-title', endTitle(reason))
    setText('end-sentence', message)
    again.hidden = !isWorthAnother(reason)
    part('worlds', HTMLElement).classList.toggle('primary', again.hidden)
    part('end-title', HTMLHeadingElement).focus()
  })
}

function tell(opened: Watch): void {
  if (opened.title !== '') {
    setText('what', opened.title)
    document.title = `Watching ${opened.title} · Diorama`
  }
  setText('count', countWords(opened.spectators))
  part('count', HTMLElement).hidden = opened.spectators < 2
}

setUpTheme(null)
again.addEventListener('click', start)
full.addEventListener('click', () => {
  void fullscreen(part('stage', HTMLElement))
})
start()
