/** Why it is over, whose doing that was, and the one next step that helps. */
import type { Ended } from '@diorama/sdk'

import {
  type Action,
  actionWords,
  codeWords,
  endWords,
  freeingWords,
  type Held,
  holdersOf,
  holderWords,
  isInVain,
} from './ends.ts'
import { part, setText, showScreen, withText } from './page.ts'
import { endThere, findOwn } from './siblings.ts'

/** A session that was left gives its place back within a second. */
const FREED_WITHIN_MS = 1_500
const LIMIT_REACHED = 4010

const next = part('end-again', HTMLButtonElement)
const back = part('end-back', HTMLAnchorElement)

let action: Action = 'again'
/** Ends in a row without a picture between them. */
let inRow = 0

/** A picture came: what failed before is forgotten. */
export function forgetFailures(): void {
  inRow = 0
}

/** Shows the end; `again` starts the next session. */
export function showEnd(ended: Ended, again: () => void): void {
  const words = endWords(ended)
  inRow += 1
  const inVain = isInVain(ended, inRow)
  action = words.action
  setText('end-title', words.title)
  setText('end-sentence', words.sentence)
  setText('end-detail', inVain ? `${words.detail} It went wrong again.`.trim() : words.detail)
  setText('end-doing', words.doing)
  setText('end-code', codeWords(ended))
  const label = actionWords(action)
  next.hidden = label === null
  next.textContent = label
  next.classList.toggle('primary', !inVain)
  back.classList.toggle('primary', inVain || action === 'back')
  showHolders(ended, again)
  showScreen('ended')
  part('end-title', HTMLHeadingElement).focus()
}

export function onNext(start: () => void): void {
  next.addEventListener('click', () => {
    if (action === 'reload') location.reload()
    else start()
  })
}

function showHolders(ended: Ended, again: () => void): void {
  const box = part('end-held', HTMLElement)
  const list = part('end-holders', HTMLUListElement)
  const holders = holdersOf(ended)
  const lines = new Map(holders.map((holder) => [holder.session, line(holder)]))
  box.hidden = lines.size === 0
  list.replaceChildren(...lines.values())
  setText('end-freeing', freeingWords(0))
  if (ended.code !== LIMIT_REACHED) return
  findOwn((sibling) => {
    const known = lines.get(sibling.session) ?? line({ ...sibling, device: null })
    lines.set(sibling.session, known)
    if (known.querySelector('button') === null) known.append(endButton(sibling.session, again))
    list.append(known)
    box.hidden = false
    setText('end-freeing', freeingWords(1))
  })
}

function line(holder: Held): HTMLLIElement {
  const [what, since] = holderWords(holder)
  const made = document.createElement('li')
  const text = document.createElement('div')
  text.append(withText('span', what), withText('span', since))
  made.append(text)
  return made
}

/** A button that ends another tab's session, then takes its place here. */
function endButton(session: string, again: () => void): HTMLButtonElement {
  const button = withText('button', 'End it')
  button.type = 'button'
  button.className = 'small'
  button.addEventListener('click', () => {
    button.disabled = true
    button.textContent = 'Ending…'
    endThere(session)
    setTimeout(again, FREED_WITHIN_MS)
  })
  return button
}
