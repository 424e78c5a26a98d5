import { isIP } from 'node:net'
import type { Result } from '../../../preload/contract/connectivity.ts'
import { hostPattern } from '../plan/rows.ts'

/** A host that the far end named in its answer. */
export interface NamedHost {
  readonly host: string
  readonly port: number
  readonly why: string
  /**
   * The row passed, so the expected speaker named it. Else somebody did who may be a portal or a filter: a person decides,
   * and no rule is made of it.
   */
  readonly trusted: boolean
}

const hostLimit = 8

/** As the identity stage tells of headers: a redirect, a registry's token host, a sign-in. */
const named =
  /\b(location: |sent to |realm="|authorization_uri=")(https?):\/\/(\[[\da-f:.]+\]|[^\s/:?#"'<>@]+)(?::(\d{1,5}))?/gi

const whys: Readonly<Record<string, string>> = {
  'location: ': 'the answer redirects there',
  'sent to ': 'the answer redirects there',
  'realm="': 'tokens come from there',
  'authorization_uri="': 'sign-in is there',
}

/** Hosts beside its own that a row's answer sends a client to. Of evidence, so at most as true as the far end. Pure. */
export function hostsOnTheWire({ verdict, stages }: Result, own: string): readonly NamedHost[] {
  const found = new Map<string, NamedHost>()
  for (const { stage, evidence } of stages) {
    if (stage !== 'identity') continue
    for (const [, how = '', scheme = '', written = '', digits] of evidence.matchAll(named)) {
      const host = written.replace(/^\[|\]$|\.$/g, '').toLowerCase()
      const port = digits === undefined ? (scheme.toLowerCase() === 'http' ? 80 : 443) : Number(digits)
      if (host === own || port < 1 || port > 65_535 || (isIP(host) === 0 && !hostPattern.test(host))) continue
      if (found.size < hostLimit)
        found.set(`${host}:${port}`, { host, port, why: whys[how.toLowerCase()] ?? '', trusted: verdict === 'pass' })
    }
  }
  return [...found.values()]
}
