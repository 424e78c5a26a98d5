import type { Profile } from '../../preload/contract/profiles.ts'

/** The table of connections as people compare it: without titles, and with `text` for what hosts, ports and paths say. */
export const connectionTable = ({ endpoints }: Profile, text: (value: unknown) => string): string[] =>
  endpoints
    .map(({ component, direction, scope, protocol, tls, host, port, path = '' }) =>
      [
        component,
        direction,
        scope,
        `${protocol}${tls ? '' : ' without TLS'}`,
        `${text(host)}:${text(port)}${text(path)}`,
      ].join(' | '),
    )
    .sort()
