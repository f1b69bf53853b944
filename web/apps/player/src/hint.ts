/** A few words for a moment, over the picture. */
import { part, setText } from './page.ts'

const HINT_MS = 4_000

const hint = part('hint', HTMLElement)
let hinting: number | null = null

export function say(text: string): void {
  setText('hint', text)
  hint.hidden = false
  if (hinting !== null) clearTimeout(hinting)
  hinting = window.setTimeout(hush, HINT_MS)
}

export function hush(): void {
  hint.hidden = true
}
