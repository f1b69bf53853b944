/** Light, dark, or as the system has it: kept for this browser, and shown before the first paint. */
const KEY = 'diorama.theme'

export type Theme = 'system' | 'light' | 'dark'
const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' }
const NAMES: Readonly<Record<Theme, string>> = {
  system: 'Colours: as the system has them',
  light: 'Colours: light',
  dark: 'Colours: dark',
}

/** Returns the theme that an address or this browser's memory names. */
export function chosenTheme(asked: string | null, kept: string | null): Theme {
  for (const one of [asked, kept]) {
    if (one === 'light' || one === 'dark' || one === 'system') return one
  }
  return 'system'
}

/** Shows the chosen theme, and lets a button go through them. */
export function setUpTheme(button: HTMLButtonElement | null): void {
  show(chosenTheme(new URLSearchParams(location.search).get('theme'), read()), button)
  button?.addEventListener('click', () => {
    const next = NEXT[chosenTheme(null, document.documentElement.dataset['theme'] ?? null)]
    write(next)
    show(next, button)
  })
  addEventListener('storage', ({ key, newValue }) => {
    if (key === KEY) show(chosenTheme(null, newValue), button)
  })
}

function show(theme: Theme, button: HTMLButtonElement | null): void {
  document.documentElement.dataset['theme'] = theme
  if (!button) return
  button.title = NAMES[theme]
  button.setAttribute('aria-label', NAMES[theme])
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null // storage is forbidden, as in some frames
  }
}

function write(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // it holds until the page is loaded again
  }
}
