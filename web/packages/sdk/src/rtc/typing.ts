/** Whether a key is meant for a control of the page, not for the world. */
const TAKES_TEXT = 'input, textarea, select, [contenteditable]'
const TAKES_CLICKS = 'button, a[href], summary'
const CLICKS = new Set(['Enter', 'NumpadEnter', 'Space'])

/** Returns whether the page takes this key: a field takes all, a button those that press it. */
export function isForPage(target: EventTarget | null, code: string): boolean {
  if (!(target instanceof Element)) return false
  if (target.closest(TAKES_TEXT)) return true
  return CLICKS.has(code) && target.closest(TAKES_CLICKS) !== null
}
