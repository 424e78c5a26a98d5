import { authority, bareHost } from '../addresses.ts'

/** One entry of a PAC result. */
export interface PacEntry {
  /** Empty: a direct connection. */
  readonly url: string
  readonly text: string
}

/** PAC's types of proxies as URL schemes. PROXY and HTTP are used without TLS, HTTPS with it. */
const schemes: Readonly<Record<string, { readonly scheme: string; readonly port: number }>> = {
  PROXY: { scheme: 'http', port: 80 },
  HTTP: { scheme: 'http', port: 80 },
  HTTPS: { scheme: 'https', port: 443 },
  SOCKS: { scheme: 'socks4', port: 1_080 },
  SOCKS4: { scheme: 'socks4', port: 1_080 },
  SOCKS5: { scheme: 'socks5', port: 1_080 },
}

/**
 * Parses the result of FindProxyForURL, or of Electron's `session.resolveProxy`: "PROXY host:port; HTTPS host:port; DIRECT".
 * Entries are in the order to try; invalid ones are left out. An empty result means DIRECT.
 */
export function parsePac(text: string): readonly PacEntry[] {
  const entries = text
    .split(';')
    .map((part) => part.trim())
    .flatMap((part): readonly PacEntry[] => {
      const [kind = '', server = '', more] = part.split(/\s+/)
      if (kind.toUpperCase() === 'DIRECT') return [{ url: '', text: part }]
      const type = schemes[kind.toUpperCase()]
      const match = /^(\[[0-9a-f:.]+\]|[^\s:/@[\]]+)(?::(\d{1,5}))?$/i.exec(server)
      if (type === undefined || match === null || more !== undefined) return []
      const port = Number(match[2] ?? type.port)
      if (port < 1 || port > 65_535) return []
      return [{ url: `${type.scheme}://${authority(bareHost(match[1] ?? ''), port)}`, text: part }]
    })
  return entries.length === 0 ? [{ url: '', text: 'DIRECT' }] : entries
}
