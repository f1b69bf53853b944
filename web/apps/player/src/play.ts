/**
 * The player: one world, one session, from the wait to the end and on to the next; at `/play/...`
 * with tools, at `/embed/...` in another page's frame. The SDK decides everything about the session;
 * this page says it in words and shows it.
 */
import { type AttachedInput, attachInput, connect, type DioramaSession } from '@diorama/sdk'

import { takeBrought } from './doors.ts'
import { Frame } from './embed/child.ts'
import { commandsOf, tellSession } from './embed/wiring.ts'
import { forgetFailures, onNext, showEnd } from './endScreen.ts'
import { readFacts } from './facts.ts'
import { hush } from './hint.ts'
import { part, setPressed, setText, showScreen } from './page.ts'
import { projectOfPath, readProject, titleOf } from './projects.ts'
import { setUpPrompts } from './prompts.ts'
import { showRecorded } from './recordedMark.ts'
import { onLeaveLost, setResumeWindow, showRepair } from './repairNotice.ts'
import { setUpShare } from './share.ts'
import { listenToSiblings } from './siblings.ts'
import { setUpSoftKeys } from './softKeys.ts'
import { focusPicture, setUpStage, video } from './stage.ts'
import { setUpTheme } from './theme.ts'
import { setUpTools, showFigures } from './tools.ts'
import { nameTab, setUpTurn } from './turn.ts'
import { beginWait, endWait, onLeaveLine, showWait } from './waitScreen.ts'
import { onStay, unwarn, warn } from './warningNotice.ts'

const { project, framed } = projectOfPath(location.pathname)
const asked = new URLSearchParams(location.search)
const facts = readFacts(
  document.querySelector<HTMLMetaElement>('meta[name=diorama]')?.content ?? null,
)
let name = project
let capture: AttachedInput | null = null
let session: DioramaSession | null = null
const brought = takeBrought()
let token: string | null = brought.ticket

function start(): void {
  clearNotices()
  beginWait()
  showScreen('waiting')
  video.srcObject = null
  const opened = connect({
    project,
    video,
    ...(token !== null && { token }),
    ...(brought.share !== null && { share: brought.share }),
    ...(asked.get('ice') === 'relay' && { iceTransportPolicy: 'relay' }),
  })
  // A ticket is good once: the next session of this page needs another.
  if (token === brought.ticket) token = null
  session = opened
  const wait = () => {
    if (!opened.ended) showWait(opened, facts)
  }
  opened.on('session', wait)
  opened.on('session', ({ recorded }) => {
    showRecorded(recorded ?? false)
  })
  opened.on('media', wait)
  opened.on('state', (state) => {
    wait()
    if (state === 'streaming' || state === 'idle') play(opened)
  })
  opened.on('warning', warn)
  opened.on('warning_over', ({ kind }) => {
    unwarn(kind)
  })
  opened.on('reconnecting', (repair) => {
    showRepair(repair, capture !== null)
  })
  opened.on('reconnected', () => {
    showRepair(null, false)
  })
  opened.on('attached', () => {
    play(opened)
  })
  opened.on('stats', showFigures)
  opened.on('ended', (ended) => {
    stop()
    showEnd(ended, start)
  })
  if (frame) tellSession(frame, opened)
  showRecorded(opened.recorded)
  wait()
}

/** The first picture takes the curtain away for good: a later repair leaves the last one up. */
function play(opened: DioramaSession): void {
  if (opened.ended || capture) return
  document.body.dataset['seen'] = ''
  endWait()
  forgetFailures()
  showScreen('playing')
  capture = attachInput(video, opened)
  focusPicture()
}

function stop(): void {
  capture?.detach()
  capture = null
  delete document.body.dataset['seen']
  setPressed(part('tool-lock', HTMLButtonElement), false)
  endWait()
  clearNotices()
  showRecorded(false)
}

function clearNotices(): void {
  unwarn()
  showRepair(null, false)
  hush()
}

function leave(): void {
  void session?.disconnect()
}

/** Another page decides when to begin, or the viewer by the button; a start costs a slot. */
function offer(): void {
  showScreen('offer')
  part('offer-start', HTMLButtonElement).addEventListener('click', start)
}

async function tellAbout(): Promise<void> {
  const found = await readProject(project).catch(() => null)
  if (found) name = titleOf(found)
  nameTab(name)
  for (const id of ['about-name', 'offer-world', 'wait-world', 'end-world']) setText(id, name)
  if (!found) return
  setText('about-text', found.description)
  setText('offer-text', found.description)
  const prompts = found.prompts ?? []
  if (prompts.length > 0 && !isBare()) {
    setUpPrompts(prompts, (text) => session?.prompt(text) ?? false)
  }
}

/** Seconds since an instant that the gateway told, by this machine's clock: near enough to say. */
function ageS(since: string): number {
  return Math.max(0, (Date.now() - Date.parse(since)) / 1_000)
}

/** Whether the page shows the picture alone: in a frame, unless its address asks for the tools. */
function isBare(): boolean {
  return framed && asked.get('controls') !== 'all'
}

const frame =
  window.parent === window
    ? null
    : new Frame(window.parent, facts.framers, {
        onHello: () => [
          { type: 'ready', project, state: session?.state ?? 'waiting' },
          // Who says hello late would wait for a change that came before.
          ...(session ? [{ type: 'state', state: session.state } as const] : []),
        ],
        onCommand: commandsOf({
          session: () => session,
          video,
          leave,
          start: (given) => {
            if (session !== null && !session.ended) return false
            token = given
            start()
            return true
          },
        }),
      })

document.body.toggleAttribute('data-framed', framed)
document.body.toggleAttribute('data-bare', isBare())
setResumeWindow(facts.resumeWindowS)
setUpTheme(part('tool-theme', HTMLButtonElement))
setUpStage(project, () => capture !== null)
setUpTools(video, { input: () => capture, leave })
setUpShare(project, () => name, facts.framers)
setUpTurn()
setUpSoftKeys(
  () => capture,
  (event) => void session?.input(event),
)
onStay(() => {
  // Any input says that the viewer is there; this one changes nothing else.
  session?.input({ type: 'pointer_move', x: 0.5, y: 0.5 })
  unwarn('afk')
})
onLeaveLine(leave)
onLeaveLost(leave)
onNext(start)
listenToSiblings({
  live: () => {
    const view = session === null || session.ended ? null : session.view
    return view && { session: view.id, project, state: view.state, age_s: ageS(view.created_at) }
  },
  end: leave,
})
// A page that the browser kept comes back without its session, which ended when the page was left.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted && session?.ended) start()
})
void tellAbout()
if (framed && asked.get('start') === 'wait') offer()
else start()
