/** Gives the world on: its address, or the lines that show it in another page. */
import { exactOrigins, frameCode } from './shareCode.ts'
import { part, setText } from './page.ts'

const dialog = part('share', HTMLDialogElement)

export function setUpShare(project: string, title: () => string, framers: readonly string[]): void {
  part('tool-share', HTMLButtonElement).addEventListener('click', () => {
    part('share-link', HTMLInputElement).value = location.origin + location.pathname
    part('share-code', HTMLTextAreaElement).value = frameCode(location.origin, project, title())
    setText('share-who', exactOrigins(framers))
    setText('share-said', '')
    dialog.showModal()
  })
  copies('share-link-copy', part('share-link', HTMLInputElement))
  copies('share-code-copy', part('share-code', HTMLTextAreaElement))
  part('share-close', HTMLButtonElement).addEventListener('click', () => {
    dialog.close()
  })
  // What is typed in the dialog is not the world's, Escape above all.
  dialog.addEventListener('keydown', (event) => {
    event.stopPropagation()
  })
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close() // beside it, on the backdrop
  })
}

function copies(id: string, field: HTMLInputElement | HTMLTextAreaElement): void {
  part(id, HTMLButtonElement).addEventListener('click', () => void copy(field))
}

/** Copies a field; pages over plain HTTP have no clipboard, and leave it selected to be copied. */
async function copy(field: HTMLInputElement | HTMLTextAreaElement): Promise<void> {
  field.select()
  try {
    await navigator.clipboard.writeText(field.value)
    setText('share-said', 'Copied.')
  } catch {
    setText('share-said', 'Selected: copy it with Ctrl or ⌘ and C.')
  }
}
