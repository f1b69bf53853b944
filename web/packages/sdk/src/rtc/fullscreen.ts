/**
 * Fullscreen for an element, with the keys a browser keeps for itself where it gives them away. Where
 * elements may not fill the screen, as on an iPhone, the element fills the window instead.
 */
export interface FullscreenOptions {
  /** Asks for Escape, Tab and the like too (Chromium); Escape then has to be held. True unless given. */
  readonly keyboardLock?: boolean | undefined
}

export interface Fullscreen {
  /** Whether the whole screen is filled, or the window only. */
  readonly kind: 'screen' | 'window'
  /** Settles when it is over, whoever ended it. */
  readonly over: Promise<void>
  exit(): Promise<void>
}

interface WithKeyboard {
  readonly keyboard?: { lock(keys?: readonly string[]): Promise<void>; unlock(): void }
}

/** Safari's older names. */
interface OldElement {
  webkitRequestFullscreen?: () => void
}
interface OldDocument {
  readonly webkitFullscreenElement?: Element | null
  webkitExitFullscreen?: () => void
}

const FILLED = {
  position: 'fixed',
  inset: '0',
  width: '100vw',
  height: '100dvh',
  'max-width': 'none',
  'max-height': 'none',
  margin: '0',
  'z-index': '2147483647',
} as const

/** Fills the screen, or else the window; browsers allow the screen in a gesture only. */
export async function fullscreen(
  element: HTMLElement,
  options: FullscreenOptions = {},
): Promise<Fullscreen> {
  if (!(await fillScreen(element))) return fillWindow(element)
  if (options.keyboardLock ?? true) await lockKeyboard()
  return {
    kind: 'screen',
    over: untilLeft(element),
    exit: leaveScreen,
  }
}

async function fillScreen(element: HTMLElement): Promise<boolean> {
  const old = element as OldElement
  try {
    if ('requestFullscreen' in element) {
      await element.requestFullscreen({ navigationUI: 'hide' })
      return true
    }
    if (!old.webkitRequestFullscreen) return false
    old.webkitRequestFullscreen()
    return true
  } catch {
    return false // no gesture, or a frame without leave
  }
}

async function leaveScreen(): Promise<void> {
  const old = document as OldDocument
  if (fullscreenElement() === null) return
  if ('exitFullscreen' in document) await document.exitFullscreen()
  else old.webkitExitFullscreen?.()
}

function fullscreenElement(): Element | null {
  return document.fullscreenElement ?? (document as OldDocument).webkitFullscreenElement ?? null
}

function untilLeft(element: HTMLElement): Promise<void> {
  return new Promise((resolve) => {
    const listening = new AbortController()
    const look = () => {
      if (fullscreenElement() === element) return
      listening.abort()
      ;(navigator as WithKeyboard).keyboard?.unlock()
      resolve()
    }
    for (const name of ['fullscreenchange', 'webkitfullscreenchange']) {
      document.addEventListener(name, look, { signal: listening.signal })
    }
  })
}

async function lockKeyboard(): Promise<void> {
  try {
    await (navigator as WithKeyboard).keyboard?.lock()
  } catch {
    // a page without a secure context may not
  }
}

function fillWindow(element: HTMLElement): Fullscreen {
  const before = element.getAttribute('style')
  for (const [name, value] of Object.entries(FILLED)) {
    element.style.setProperty(name, value, 'important')
  }
  let left: () => void = () => undefined
  const over = new Promise<void>((resolve) => {
    left = resolve
  })
  const exit = () => {
    if (before === null) element.removeAttribute('style')
    else element.setAttribute('style', before)
    left()
    return over
  }
  return { kind: 'window', over, exit }
}
