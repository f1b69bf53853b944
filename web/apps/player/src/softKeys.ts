/**
 * The on-screen keyboard of a phone: a field nobody sees takes what is typed and hands it on, text
 * as text, and the two keys that text cannot say as keys.
 */
import type { AttachedInput, InputEvent as WorldInput } from '@diorama/sdk'

import { part } from './page.ts'

const field = part('soft-keys', HTMLTextAreaElement)

export function setUpSoftKeys(
  input: () => AttachedInput | null,
  send: (event: WorldInput) => void,
): void {
  const button = part('tool-keyboard', HTMLButtonElement)
  button.hidden = !matchMedia('(any-pointer: coarse)').matches
  button.addEventListener('click', () => {
    field.focus()
  })
  field.addEventListener('input', (event) => {
    if (event instanceof InputEvent && event.isComposing) return
    handOn(input())
  })
  field.addEventListener('compositionend', () => {
    handOn(input())
  })
  field.addEventListener('keydown', ({ key }) => {
    if (key === 'Backspace' || key === 'Enter') strike(key, send)
  })
}

function handOn(capture: AttachedInput | null): void {
  const typed = field.value.replaceAll('\n', '')
  field.value = ''
  capture?.text(typed)
}

function strike(key: string, send: (event: WorldInput) => void): void {
  send({ type: 'key_down', code: key, key })
  send({ type: 'key_up', code: key, key })
}
