/** The mark of a session that is recorded: there from the wait to the end, and never stepping back. */
import { part, setText } from './page.ts'

export function showRecorded(recorded: boolean): void {
  const mark = part('recorded', HTMLElement)
  if (mark.hidden !== recorded) return
  mark.hidden = !recorded
  // Said once it is there, so that it is read out.
  setText('recorded-text', recorded ? 'This session is recorded' : '')
  document.body.toggleAttribute('data-recorded', recorded)
}
