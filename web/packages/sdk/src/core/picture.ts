/** Where on the picture a point of the page lies, however the element fits the picture. */

export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export type Fit = 'contain' | 'cover' | 'fill' | 'none' | 'scale-down'

export interface Point {
  readonly x: number
  readonly y: number
}

const DIGITS = 100_000

/** Returns the picture's box, in the page's pixels; before its size is known, the element's. */
export function pictureBox(element: Box, width: number, height: number, fit: Fit): Box {
  if (width <= 0 || height <= 0 || fit === 'fill') return element
  const scale = scaleOf(fit, element.width / width, element.height / height)
  const [shownWidth, shownHeight] = [width * scale, height * scale]
  return {
    left: element.left + (element.width - shownWidth) / 2,
    top: element.top + (element.height - shownHeight) / 2,
    width: shownWidth,
    height: shownHeight,
  }
}

function scaleOf(fit: Exclude<Fit, 'fill'>, across: number, down: number): number {
  switch (fit) {
    case 'contain':
      return Math.min(across, down)
    case 'cover':
      return Math.max(across, down)
    case 'none':
      return 1
    case 'scale-down':
      return Math.min(1, across, down)
  }
}

/** Returns the fractions of the picture at a point; beside the picture is its nearest edge. */
export function toPicture(point: Point, box: Box): Point {
  return {
    x: fraction(point.x - box.left, box.width),
    y: fraction(point.y - box.top, box.height),
  }
}

function fraction(part: number, whole: number): number {
  if (whole <= 0) return 0
  return Math.round(Math.min(1, Math.max(0, part / whole)) * DIGITS) / DIGITS
}
