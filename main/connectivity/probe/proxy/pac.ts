import { authority, bareHost } from '../addresses.ts'

/** One way that a PAC file gives. */
export interface PacEntry {
  /** Empty: directly. */
  readonly url: string
  readonly text: string
}

/** PAC's words for kinds of proxies, as URLs have them. PROXY and HTTP are asked in the clear, HTTPS over TLS. */
const schemes: Readonly<Record<string, { readonly scheme: string; readonly port: number }>> = {
  PROXY: { scheme: 'http', port: 80 },
  HTTP: { scheme: 'http', port: 80 },
  HTTPS: { scheme: 'https', port: 443 },
  SOCKS: { scheme: 'socks4', port: 1_080 },
  SOCKS4: { scheme: 'socks4', port: 1_080 },
  SOCKS5: { scheme: 'socks5', port: 1_080 },
}

/**
 * What FindProxyForURL gave, or Electron's `session.resolveProxy`: "PROXY host:port; HTTPS host:port; DIRECT". Ways come in the
 * order in which they are to be tried; what cannot be read is left out. Nothing at all means DIRECT.
 */
export function parsePac(text: string): readonly PacEntry[] {
  const signInMethods = text
    .split(';')
    .map((part) => part.trim())
    .flatMap((part): readonly PacEntry[] => {
      const [kind = '', place = '', more] = part.split(/\s+/)
      if (kind.toUpperCase() === 'DIRECT') return [{ url: '', text: part }]
      const known = schemes[kind.toUpperCase()]
      const match = /^(\[[0-9a-f:.]+\]|[^\s:/@[\]]+)(?::(\d{1,5}))?$/i.exec(place)
      if (known === undefined || match === null || more !== undefined) return []
      const port = Number(match[2] ?? known.port)
      if (port < 1 || port > 65_535) return []
      return [{ url: `${known.scheme}://${authority(bareHost(match[1] ?? ''), port)}`, text: part }]
    })
  return signInMethods.length === 0 ? [{ url: '', text: 'DIRECT' }] : signInMethods
}
