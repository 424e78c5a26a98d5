/** The origin of the desktop window. Its pages are files of the app (protocol.ts), never from a network. */
export const scheme = 'app'
const authority = 'hangar'
export const origin = `${scheme}://${authority}`

/** Whether a URL is of our own page. Node reports no origin for it, so scheme and authority are compared exactly. */
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
