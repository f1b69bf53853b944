/** The ICE servers that a `Link` header names (draft-ietf-wish-whep, 4.6). */

const LINK = /<([^>]*)>((?:\s*;\s*[\w-]+="[^"]*")*)/g
const PARAMETER = /([\w-]+)="([^"]*)"/g

/** Returns the servers; several headers are one with commas in between, as `fetch` has them. */
export function iceServersIn(header: string): RTCIceServer[] {
  return [...header.matchAll(LINK)].flatMap(([, url = '', said = '']) => {
    const of = new Map([...said.matchAll(PARAMETER)].map(([, name, value]) => [name, value]))
    if (of.get('rel') !== 'ice-server') return []
    const [username, credential] = [of.get('username'), of.get('credential')]
    return [
      {
        urls: url,
        ...(username !== undefined && { username }),
        ...(credential !== undefined && { credential }),
      },
    ]
  })
}
