/**
 * An on-screen keyboard, and input methods: a field nobody sees has the focus, and hands on what it
 * is given, text as text and the rest as keys.
 */
import type { InputEvent as WorldInput } from '@diorama/protocol'

import { isKeyOnly, MARK, typedIn } from '../core/typed.ts'

const STYLE = {
  position: 'fixed',
  left: '0',
  bottom: '0',
  width: '1px',
  height: '1px',
  padding: '0',
  border: '0',
  opacity: '0',
  fontSize: '16px', // below it, phones zoom in on a field that has the focus
} as const
const MAX_TEXT = 4_000

export class Keyboard {
  private readonly send: (event: WorldInput) => void
  private readonly beside: HTMLElement
  private field: HTMLTextAreaElement | null = null

  /** The field is put next to `beside`, which may be all that is shown in fullscreen. */
  constructor(beside: HTMLElement, send: (event: WorldInput) => void) {
    this.beside = beside
    this.send = send
  }

  get isOpen(): boolean {
    return this.field !== null
  }

  /** Opens it; phones allow that in a gesture only. */
  open(): void {
    if (this.field) return
    const field = document.createElement('textarea')
    Object.assign(field.style, STYLE)
    Object.assign(field, { autocapitalize: 'off', autocomplete: 'off', spellcheck: false })
    field.setAttribute('aria-label', 'Text for the world')
    field.value = MARK
    field.addEventListener('input', (event) => {
      if (!(event instanceof InputEvent && event.isComposing)) this.handOn()
    })
    field.addEventListener('compositionend', () => {
      this.handOn()
    })
    field.addEventListener('keydown', (event) => {
      this.handleKey(event)
    })
    field.addEventListener('blur', () => {
      this.close()
    })
    this.field = field
    this.beside.after(field)
    field.focus({ preventScroll: true })
  }

  close(): void {
    const { field } = this
    this.field = null
    field?.remove()
  }

  text(text: string): void {
    for (let from = 0; from < text.length; from += MAX_TEXT) {
      this.send({ type: 'text', text: text.slice(from, from + MAX_TEXT) })
    }
  }

  private handOn(): void {
    if (!this.field) return
    const { parts } = typedIn(this.field.value)
    this.field.value = MARK
    for (const part of parts) {
      if ('text' in part) this.text(part.text)
      else this.strike(part.key, part.key)
    }
  }

  private handleKey(event: KeyboardEvent): void {
    if (event.isComposing || !isKeyOnly(event.key)) return
    event.preventDefault()
    this.strike(event.code === '' ? event.key : event.code, event.key)
  }

  private strike(code: string, key: string): void {
    this.send({ type: 'key_down', code, key })
    this.send({ type: 'key_up', code, key })
  }
}
