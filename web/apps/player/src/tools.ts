/** The buttons beside the picture. Each is there only where it does something. */
import type { AttachedInput, StreamStats } from '@diorama/sdk'

import { say } from './hint.ts'
import { part, setPressed } from './page.ts'
import { bitrateWords } from './spans.ts'

const QUIET_AFTER_MS = 3_000

const hud = part('hud', HTMLElement)

export interface ToolActions {
  readonly input: () => AttachedInput | null
  readonly leave: () => void
}

export function setUpTools(video: HTMLVideoElement, actions: ToolActions): void {
  setUpLock(video, actions)
  setUpFigures()
  setUpFullScreen()
  part('tool-leave', HTMLButtonElement).addEventListener('click', actions.leave)
  stepBackWhenQuiet()
}

function setUpLock(video: HTMLVideoElement, { input }: ToolActions): void {
  const button = part('tool-lock', HTMLButtonElement)
  button.hidden = !matchMedia('(any-pointer: fine)').matches || !('requestPointerLock' in video)
  button.addEventListener('click', () => {
    const capture = input()
    if (!capture) return
    capture.pointerLock = !capture.pointerLock
    setPressed(button, capture.pointerLock)
    if (capture.pointerLock) say('Click the picture to lock the mouse. Esc frees it.')
  })
}

function setUpFigures(): void {
  const button = part('tool-stats', HTMLButtonElement)
  button.addEventListener('click', () => {
    hud.hidden = !hud.hidden
    setPressed(button, !hud.hidden)
  })
}

/** Shows the figures of the last second, if they are asked for. */
export function showFigures(stats: StreamStats): void {
  if (hud.hidden) return
  const { fps, bitrateKbps, rttMs, width, height, codec } = stats
  const size = width === null || height === null ? '–' : `${width}×${height}`
  part('hud-fps', HTMLElement).textContent = `${Math.round(fps)} fps`
  part('hud-bitrate', HTMLElement).textContent = bitrateWords(bitrateKbps)
  part('hud-rtt', HTMLElement).textContent = rttMs === null ? '–' : `${Math.round(rttMs)} ms`
  part('hud-picture', HTMLElement).textContent = codec === null ? size : `${size} ${codec}`
}

function setUpFullScreen(): void {
  const button = part('tool-full', HTMLButtonElement)
  button.hidden = !document.fullscreenEnabled
  button.addEventListener('click', () => {
    void setFullScreen(document.fullscreenElement === null).then((done) => {
      if (!done) say('This browser does not allow full screen here.')
    })
  })
  document.addEventListener('fullscreenchange', () => {
    setPressed(button, document.fullscreenElement !== null)
  })
}

/** Fills the screen or leaves it; resolves to whether the browser let it. */
export async function setFullScreen(on: boolean): Promise<boolean> {
  try {
    if (on) await document.documentElement.requestFullscreen({ navigationUI: 'hide' })
    else if (document.fullscreenElement) await document.exitFullscreen()
    return true
  } catch {
    return false // no gesture just now, or the frame may not
  }
}

/** Lets everything but the picture step back while nobody moves. */
function stepBackWhenQuiet(): void {
  let quiet: number | null = null
  const stir = () => {
    delete document.body.dataset['quiet']
    if (quiet !== null) clearTimeout(quiet)
    quiet = window.setTimeout(() => {
      document.body.dataset['quiet'] = ''
    }, QUIET_AFTER_MS)
  }
  for (const name of ['pointermove', 'pointerdown', 'focusin']) addEventListener(name, stir)
  stir()
  // A frame around the whole picture helps who came to it by Tab, and nobody else.
  addEventListener('keydown', ({ key }) => {
    if (key === 'Tab') document.body.dataset['tabbed'] = ''
  })
  addEventListener('pointerdown', () => {
    delete document.body.dataset['tabbed']
  })
}
