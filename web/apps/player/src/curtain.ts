/** What lies over the stage while there is no picture: the wait and the end. */
import type { DioramaSession, Ended } from '@diorama/sdk'

import { part, withText } from './page.ts'
import { againWords, codeWords, endDetail, holdersOf, holderWords, waitWords } from './words.ts'

const wait = part('wait', HTMLElement)
const end = part('end', HTMLElement)
const steps = [...part('wait-steps', HTMLOListElement).children]
const again = part('end-again', HTMLButtonElement)

/** Which of its faces the page shows. */
export type Screen = 'waiting' | 'playing' | 'ended'

export function showScreen(screen: Screen): void {
  document.body.dataset['screen'] = screen
  wait.hidden = screen !== 'waiting'
  end.hidden = screen !== 'ended'
}

/** Shows what is waited for. */
export function showWait(session: DioramaSession): void {
  const words = waitWords(session.state, session.media, session.view)
  setText('wait-title', words.title)
  setText('wait-detail', words.detail)
  steps.forEach((step, index) => {
    const is = index < words.step ? 'done' : index === words.step ? 'now' : 'next'
    step.setAttribute('data-is', is)
  })
}

/** Shows why it is over, and how to go on. */
export function showEnd(ended: Ended, name: string): void {
  setText('end-world', name)
  setText('end-title', ended.message)
  setText('end-detail', endDetail(ended))
  setText('end-code', codeWords(ended))
  const words = againWords(ended)
  again.hidden = words === null
  again.textContent = words
  const holders = holdersOf(ended).map((holder) => {
    const [what, since] = holderWords(holder)
    const line = document.createElement('li')
    line.append(withText('span', what), withText('span', since))
    return line
  })
  const list = part('end-holders', HTMLUListElement)
  list.replaceChildren(...holders)
  list.hidden = holders.length === 0
  showScreen('ended')
  part('end-title', HTMLHeadingElement).focus()
}

export function onStartAgain(start: () => void): void {
  again.addEventListener('click', start)
}

function setText(id: string, text: string): void {
  const element = part(id, HTMLElement)
  // Only what changes, for a screen reader reads every change.
  if (element.textContent !== text) element.textContent = text
}
