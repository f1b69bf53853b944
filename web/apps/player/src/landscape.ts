/** A small paper landscape for each world, always the same for the same name. */
const SVG = 'http://www.w3.org/2000/svg'
const [WIDTH, HEIGHT] = [320, 180]
const LAYERS = 4

/** Skies that go with a warm sun: dusk, dawn, noon, haze. */
const SKIES = [18, 345, 205, 188, 262, 32, 225] as const
const SUN = 34

let drawn = 0

/** Returns a picture of layered hills whose shape and colours follow from `name`. */
export function landscape(name: string): SVGSVGElement {
  const draw = numbersFrom(name)
  const hue = SKIES[Math.floor(draw() * SKIES.length)] ?? SUN
  const ground = hue + 110 + draw() * 70
  const svg = node('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: 'xMidYMid slice',
    'aria-hidden': 'true',
  })
  svg.append(...sky(hue))
  const sun = { cx: 50 + draw() * 220, cy: 40 + draw() * 34, r: 13 + draw() * 9 }
  svg.append(node('circle', { ...sun, fill: colour(SUN, 92, 72) }))
  for (let layer = 0; layer < LAYERS; layer += 1) {
    const fill = colour(ground + layer * 8, 18 + layer * 4, 66 - layer * 15)
    svg.append(node('path', { d: hills(draw, 84 + layer * 25, 26 - layer * 3), fill }))
  }
  return svg
}

/** Returns a sky that grows lighter towards the hills. */
function sky(hue: number): SVGElement[] {
  drawn += 1
  const id = `sky-${drawn}`
  const shades = node('linearGradient', { id, x1: 0, y1: 0, x2: 0, y2: 1 })
  shades.append(
    node('stop', { offset: 0, 'stop-color': colour(hue, 48, 76) }),
    node('stop', { offset: 0.6, 'stop-color': colour(hue + 14, 62, 89) }),
  )
  return [shades, node('rect', { width: WIDTH, height: HEIGHT, fill: `url(#${id})` })]
}

/** Returns a ridge about `level` from the top, closed along the bottom. */
function hills(draw: () => number, level: number, rise: number): string {
  const steps = 5
  const tops = Array.from({ length: steps + 1 }, () => level + (draw() - 0.5) * 2 * rise)
  const across = WIDTH / steps
  const curve = tops.slice(1).map((top, index) => {
    const [from, to] = [index * across, (index + 1) * across]
    const middle = ((from + to) / 2).toFixed(1)
    return `C${middle} ${(tops[index] ?? level).toFixed(1)} ${middle} ${top.toFixed(1)} ${to} ${top.toFixed(1)}`
  })
  return `M0 ${(tops[0] ?? level).toFixed(1)}${curve.join('')}V${HEIGHT}H0Z`
}

function node<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | number>>,
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  return made
}

function colour(hue: number, saturation: number, lightness: number): string {
  return `hsl(${Math.round(hue % 360)} ${saturation}% ${lightness}%)`
}

/** Returns a source of numbers in [0, 1) that is the same for the same text. */
function numbersFrom(text: string): () => number {
  let seed = 2166136261
  for (const letter of text) seed = Math.imul(seed ^ (letter.codePointAt(0) ?? 0), 16777619)
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
