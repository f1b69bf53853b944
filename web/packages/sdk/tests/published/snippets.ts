/** The code of a page of documentation, as files whose types can be checked. */

/** Returns each fenced block of TypeScript, and each module script of a block of HTML, by a name. */
export function blocksOf(page: string, markdown: string): Record<string, string> {
  const files: Record<string, string> = {}
  for (const { language, code, line } of fences(markdown)) {
    const text = language === 'html' ? moduleScripts(code) : code
    if (text === '') continue
    const kind = language === 'tsx' ? 'tsx' : 'ts'
    // A block without an import would be a script, whose names all blocks share.
    files[`${page}-line-${line}.${kind}`] = `${text}\nexport {}\n`
  }
  return files
}

function fences(markdown: string): { language: string; code: string; line: number }[] {
  const found = markdown.matchAll(/^```(ts|tsx|html)\n([\s\S]*?)^```$/gm)
  return [...found].map((match) => ({
    language: match[1] ?? '',
    code: match[2] ?? '',
    line: markdown.slice(0, match.index).split('\n').length,
  }))
}

function moduleScripts(html: string): string {
  const scripts = html.matchAll(/<script type="module">([\s\S]*?)<\/script>/g)
  return [...scripts].map(([, code]) => code ?? '').join('\n')
}
