/** The prompt box of worlds that take prompts, with the project's own as chips to start from. */
import { say } from './hint.ts'
import { part, withText } from './page.ts'

/** A phone on its side: the box would cover a third of the picture. */
const TOO_LOW = '(max-height: 480px)'

const dock = part('dock', HTMLElement)
const text = part('prompt-text', HTMLInputElement)
const toggle = part('tool-prompt', HTMLButtonElement)

/** Shows the box; `send` returns whether there is a world to take the prompt. */
export function setUpPrompts(prompts: readonly string[], send: (text: string) => boolean): void {
  const submit = (prompt: string) => {
    if (prompt === '') return
    if (!send(prompt)) {
      say('The world cannot take a prompt right now.')
      return
    }
    say(`Sent: ${prompt}`)
    text.value = ''
  }
  part('chips', HTMLUListElement).replaceChildren(...prompts.map((prompt) => chip(prompt, submit)))
  part('prompt-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault()
    submit(text.value.trim())
  })
  toggle.addEventListener('click', () => {
    const open = toggle.getAttribute('aria-expanded') !== 'true'
    setOpen(open)
    if (open) text.focus()
  })
  setOpen(!matchMedia(TOO_LOW).matches)
  dock.hidden = false
  toggle.hidden = false
}

function chip(prompt: string, submit: (text: string) => void): HTMLLIElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.title = prompt
  button.append(withText('span', prompt))
  button.addEventListener('click', () => {
    submit(prompt)
  })
  const made = document.createElement('li')
  made.append(button)
  return made
}

function setOpen(open: boolean): void {
  toggle.setAttribute('aria-expanded', String(open))
  document.body.dataset['dock'] = open ? 'open' : 'closed'
}
