/**
 * The player: one world, one session, from the wait to the end and on to the next. The SDK decides
 * everything about the session; this page says it in words and shows it.
 */
import { type AttachedInput, attachInput, connect, type DioramaSession } from '@diorama/sdk'

import { onStartAgain, showEnd, showScreen, showWait } from './curtain.ts'
import { landscape } from './landscape.ts'
import { clearNotices, onStay, showRepair, unwarn, warn } from './notices.ts'
import { part } from './page.ts'
import { projectOfPath, readProject, titleOf } from './projects.ts'
import { setUpPrompts } from './prompts.ts'
import { setUpSoftKeys } from './softKeys.ts'
import { setUpTools, showFigures } from './tools.ts'

const GIVES_FOCUS_BACK = '#tool-lock, #tool-stats, #tool-full, #warning-stay, .chips button'

const project = projectOfPath(location.pathname)
const video = part('picture', HTMLVideoElement)
let name = project
let capture: AttachedInput | null = null
let session: DioramaSession = start()

function start(): DioramaSession {
  clearNotices()
  showScreen('waiting')
  const opened = connect({ project, video })
  const wait = () => {
    showWait(opened)
  }
  opened.on('session', wait)
  opened.on('media', wait)
  opened.on('state', (state) => {
    wait()
    if (state === 'streaming') unwarn('afk')
    if (state === 'streaming' || state === 'idle') play()
  })
  opened.on('warning', warn)
  opened.on('reconnecting', showRepair)
  opened.on('reconnected', () => {
    showRepair(null)
  })
  opened.on('attached', play)
  opened.on('stats', showFigures)
  opened.on('ended', (ended) => {
    stop()
    showEnd(ended, name)
  })
  wait()
  return opened

  /** The first picture takes the curtain away for good: a later repair leaves the last one up. */
  function play(): void {
    if (opened.ended || capture) return
    document.body.dataset['seen'] = ''
    showScreen('playing')
    capture = attachInput(video, opened)
    if (document.activeElement === document.body) video.focus({ preventScroll: true })
  }
}

function stop(): void {
  capture?.detach()
  capture = null
  delete document.body.dataset['seen']
  part('tool-lock', HTMLButtonElement).setAttribute('aria-pressed', 'false')
  clearNotices()
}

function startAgain(): void {
  video.srcObject = null
  session = start()
}

async function tellAbout(): Promise<void> {
  const found = await readProject(project).catch(() => null)
  if (!found) return
  name = titleOf(found)
  document.title = `${name} · Diorama`
  part('about-name', HTMLElement).textContent = name
  part('about-text', HTMLElement).textContent = found.description
  part('wait-world', HTMLElement).textContent = name
  part('end-world', HTMLElement).textContent = name
  const prompts = found.prompts ?? []
  if (prompts.length > 0) setUpPrompts(prompts, (text) => session.prompt(text))
}

part('backdrop', HTMLElement).append(landscape(project))
video.addEventListener('resize', () => {
  const { videoWidth, videoHeight } = video
  if (videoHeight > 0) {
    document.body.style.setProperty('--ratio', `${videoWidth} / ${videoHeight}`)
  }
})
setUpTools(video, {
  input: () => capture,
  leave: () => void session.disconnect(),
})
setUpSoftKeys(
  () => capture,
  (event) => void session.input(event),
)
onStay(() => {
  // Any input says that the viewer is there; this one changes nothing else.
  session.input({ type: 'pointer_move', x: 0.5, y: 0.5 })
  unwarn('afk')
})
onStartAgain(startAgain)
// Whoever clicks a tool goes on playing: the next Space is the world's, not the button's.
addEventListener('click', ({ detail, target }) => {
  const clicked = detail > 0 && target instanceof Element && target.closest(GIVES_FOCUS_BACK)
  if (clicked && capture) video.focus({ preventScroll: true })
})
// A page that the browser kept comes back without its session, which ended when the page was left.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted && session.ended) startAgain()
})
void tellAbout()
