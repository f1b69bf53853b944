/**
 * The page's content security policy, from the inside: the nonce that styles carry, and the one
 * place where text may reach a parser of markup.
 */

/** Returns the nonce of this page, which the gateway wrote into it. */
export function nonceOf(page: Document): string {
  return page.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
}

/** Returns text that holds no markup, as it is; throws for text that holds some. */
export function plain(text: string): string {
  if (text.includes('<')) throw new TypeError('text became markup')
  return text
}

interface Policies {
  createPolicy(name: string, rules: { createHTML: (text: string) => string }): unknown
}

declare global {
  /** Read by the library that keeps the page from scrolling under a dialog. */
  var __webpack_nonce__: string | undefined
  interface Window {
    readonly trustedTypes?: Policies
  }
}

/**
 * Installs both.
 *
 * React sets the text of Mantine's style elements where a parser could see it; that is all that
 * ever comes by here, and it has no `<`.
 */
export function guardPage(page: Document): void {
  globalThis.__webpack_nonce__ = nonceOf(page)
  window.trustedTypes?.createPolicy('default', { createHTML: plain })
}
