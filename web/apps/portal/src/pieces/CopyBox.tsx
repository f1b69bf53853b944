import { ActionIcon, Tooltip } from '@mantine/core'
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs'
import IconCopy from '@tabler/icons-react/dist/esm/icons/IconCopy.mjs'
import { useRef, useState } from 'react'
import classes from './CopyBox.module.css'

const SAID_MS = 1_500

/** Text to take along: a command, an id, a link. It may have many lines. */
export function CopyBox({ text, label }: { readonly text: string; readonly label: string }) {
  const shown = useRef<HTMLElement>(null)
  const [wasCopied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    if (!(await copied(text, shown.current))) return
    setCopied(true)
    setTimeout(() => {
      setCopied(false)
    }, SAID_MS)
  }
  return (
    <div className={classes['box']}>
      <code ref={shown} tabIndex={0} aria-label={label}>
        {text}
      </code>
      <Tooltip label={wasCopied ? 'Copied' : 'Copy'}>
        <ActionIcon aria-label={`Copy ${label}`} onClick={() => void copy()}>
          {wasCopied ? <IconCheck size={16} /> : <IconCopy size={16} />}
        </ActionIcon>
      </Tooltip>
      <span className={classes['said']} role="status">
        {wasCopied ? `${label} copied` : ''}
      </span>
    </div>
  )
}

/** An id or other short code in a line, which a click copies. */
export function CopyCode({ text, label }: { readonly text: string; readonly label: string }) {
  const [wasCopied, setCopied] = useState(false)
  const shown = useRef<HTMLButtonElement>(null)
  const copy = async (): Promise<void> => {
    if (!(await copied(text, shown.current))) return
    setCopied(true)
    setTimeout(() => {
      setCopied(false)
    }, SAID_MS)
  }
  return (
    <Tooltip label={wasCopied ? 'Copied' : `Copy ${label}`}>
      <button
        ref={shown}
        type="button"
        className={classes['inline']}
        aria-label={`${text}: copy ${label}`}
        onClick={() => void copy()}
      >
        {text}
      </button>
    </Tooltip>
  )
}

/** Copies; where the browser lets no page do that (no TLS), marks the text, and returns false. */
async function copied(text: string, shown: HTMLElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    if (shown !== null) getSelection()?.selectAllChildren(shown)
    return false
  }
}
