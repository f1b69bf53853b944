/**
 * Tells who waits in another tab that it is their turn: by the tab's title and icon, and, if they
 * asked for it, by a notification without a sound.
 */
import icon from './icon.svg?url'
import readyIcon from './icon-ready.svg?url'
import { part } from './page.ts'

const TAG = 'diorama.turn'

const button = part('wait-tell', HTMLButtonElement)
const link = document.querySelector<HTMLLinkElement>('link[rel=icon]')

let name = ''
let title = ''
let asked = false

export function setUpTurn(): void {
  button.addEventListener('click', () => void toggle())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') calm()
  })
  showAsked()
}

/** Names the world: what the tab is called while nothing is to be told. */
export function nameTab(world: string): void {
  name = world
  if (document.title === title || title === '') setTitle(`${world} · Diorama`)
}

/** Shows the place in the tab's title. */
export function tellPlace(position: number): void {
  setTitle(`(${position}) ${name} · in line`)
}

/** Nobody waits in line any more. */
export function tellDone(): void {
  setTitle(`${name} · Diorama`)
}

/** The turn has come: someone who looks elsewhere is called. */
export function tellTurn(): void {
  tellDone()
  if (document.visibilityState === 'visible') return
  setTitle(`● Your turn · ${name}`)
  if (link) link.href = readyIcon
  if (asked) notify()
}

function calm(): void {
  if (link) link.href = icon
  if (title.startsWith('●')) tellDone()
}

function setTitle(text: string): void {
  title = text
  document.title = text
}

async function toggle(): Promise<void> {
  asked = !asked
  showAsked()
  if (asked && 'Notification' in globalThis && Notification.permission === 'default') {
    await Notification.requestPermission()
    showAsked()
  }
}

function showAsked(): void {
  button.setAttribute('aria-pressed', String(asked))
  button.textContent = asked ? 'You will be told' : 'Tell me when it’s my turn'
  part('wait-telling', HTMLElement).textContent = asked ? tellingWords() : ''
}

function tellingWords(): string {
  if (canNotify()) return 'By a silent notification, and by this tab’s title and icon.'
  const mayAsk = 'Notification' in globalThis && Notification.permission === 'default'
  return mayAsk
    ? 'By this tab’s title and icon, and by a silent notification if you allow it.'
    : 'By this tab’s title and icon: this browser allows no notifications here.'
}

function canNotify(): boolean {
  return 'Notification' in globalThis && Notification.permission === 'granted'
}

function notify(): void {
  if (!canNotify()) return
  try {
    const shown = new Notification('It is your turn', {
      body: name,
      icon: readyIcon,
      silent: true,
      tag: TAG,
    })
    shown.addEventListener('click', () => {
      window.focus()
      shown.close()
    })
  } catch {
    // phones allow them to service workers alone: title and icon have changed
  }
}
