/** The one origin of the desktop window. Its pages come from the app's own files (protocol.ts), never from a network. */
export const scheme = 'app'
const authority = 'hangar'
export const origin = `${scheme}://${authority}`

/** True for a URL of our own page. Node gives such URLs no origin, so scheme and authority are compared, each exactly. */
export function isOurs(url: string): boolean {
  const parsed = URL.parse(url)
  return (
    parsed !== null &&
    parsed.protocol === `${scheme}:` &&
    parsed.host === authority &&
    parsed.username === '' &&
    parsed.password === ''
  )
}
