/** The lines that show a world in another page. Pure. */

/** Returns the HTML of a frame; `title` is text, and becomes no markup. */
export function frameCode(origin: string, project: string, title: string): string {
  const source = `${origin}/embed/${encodeURIComponent(project)}`
  return [
    `<iframe src="${asAttribute(source)}"`,
    `  title="${asAttribute(title)}"`,
    '  allow="autoplay; fullscreen; gamepad"',
    '  style="width: 100%; aspect-ratio: 16 / 9; border: 0"></iframe>',
  ].join('\n')
}

function asAttribute(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

/** Returns who may frame it, in words. */
export function exactOrigins(framers: readonly string[]): string {
  if (framers.includes('*')) return 'Any page may show it.'
  const own = 'Pages of this server may show it'
  return framers.length === 0
    ? `${own}. Others once the project’s rule embed_origins names them.`
    : `${own}, and those of ${framers.join(', ')}.`
}
