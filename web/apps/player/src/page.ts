/** Finds the parts of the page that its HTML promises, and says things in them. */

/** Which of its faces the page shows. */
export type Screen = 'offer' | 'waiting' | 'playing' | 'ended'

/** Returns the element with this id; a page without it is a bug. */
export function part<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`)
  return found
}

/** Returns a new element with a text, which is never read as markup. */
export function withText<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  text: string,
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  made.textContent = text
  return made
}

/** Says a text in an element; only where it changes, for a screen reader reads every change. */
export function setText(id: string, text: string): void {
  const element = part(id, HTMLElement)
  if (element.textContent !== text) element.textContent = text
}

export function setPressed(button: HTMLButtonElement, pressed: boolean): void {
  button.setAttribute('aria-pressed', String(pressed))
}

/** Shows one face; what is hidden takes no focus and is read by nobody. */
export function showScreen(screen: Screen): void {
  document.body.dataset['screen'] = screen
  for (const [id, shown] of [
    ['offer', 'offer'],
    ['wait', 'waiting'],
    ['end', 'ended'],
  ] as const) {
    part(id, HTMLElement).hidden = screen !== shown
  }
}
