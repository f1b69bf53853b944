/** Whether keys are meant for a control of the page, not for the world. */
const CONTROLS = 'input, textarea, select, button, a[href], summary, [contenteditable]'

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(CONTROLS) !== null
}
