/** The picture's place on the page: its size, its focus, and what is behind it. */
import { landscape } from './landscape.ts'
import { part } from './page.ts'

const GIVES_FOCUS_BACK =
  '#tool-lock, #tool-stats, #tool-full, #tool-theme, #warning-stay, .chips button'

export const video = part('picture', HTMLVideoElement)

/** `plays` tells whether a world takes what is done on the picture. */
export function setUpStage(project: string, plays: () => boolean): void {
  part('backdrop', HTMLElement).append(landscape(project))
  video.addEventListener('resize', () => {
    const { videoWidth, videoHeight } = video
    if (videoHeight > 0) {
      document.body.style.setProperty('--ratio', `${videoWidth} / ${videoHeight}`)
    }
  })
  // Whoever clicks a tool goes on playing: the next Space is the world's, not the button's.
  addEventListener('click', ({ detail, target }) => {
    const clicked = detail > 0 && target instanceof Element && target.closest(GIVES_FOCUS_BACK)
    if (clicked && plays()) video.focus({ preventScroll: true })
  })
}

/** The first picture came: keys go to it, unless the viewer is somewhere else. */
export function focusPicture(): void {
  if (document.hasFocus() && isNowhere(document.activeElement)) video.focus({ preventScroll: true })
}

/** Whether nothing has the focus, or only what went away with its screen. */
function isNowhere(element: Element | null): boolean {
  return element === null || element === document.body || element.closest('.curtain') !== null
}
