/** The start page: every world as a card that leads to it. */
import type { ProjectView } from '@diorama/sdk'

import { landscape } from './landscape.ts'
import { part, withText } from './page.ts'
import { readProjects, titleOf } from './projects.ts'
import { setUpTheme } from './theme.ts'

const AGAIN_MS = 3_000

const worlds = part('worlds', HTMLUListElement)
const notice = part('notice', HTMLParagraphElement)

function card(project: ProjectView): HTMLLIElement {
  const text = document.createElement('div')
  text.className = 'text'
  text.append(withText('h2', titleOf(project)), withText('p', project.description))
  text.append(project.enabled ? playLink(project) : switchedOff())
  const made = document.createElement('li')
  made.className = 'world'
  made.append(landscape(project.name), text)
  return made
}

function playLink(project: ProjectView): HTMLAnchorElement {
  const link = withText('a', 'Play')
  link.className = 'button primary'
  link.href = `/play/${encodeURIComponent(project.name)}`
  link.setAttribute('aria-label', `Play ${titleOf(project)}`)
  return link
}

function switchedOff(): HTMLElement {
  const text = withText('span', 'Switched off by its owner')
  text.className = 'off'
  return text
}

async function show(): Promise<void> {
  try {
    const projects = await readProjects()
    worlds.replaceChildren(...projects.map(card))
    notice.hidden = projects.length > 0
    notice.textContent = 'There is no world here yet.'
  } catch {
    notice.textContent = 'The server does not answer. Trying again…'
    setTimeout(() => void show(), AGAIN_MS)
  }
}

setUpTheme(part('theme', HTMLButtonElement))
void show()
