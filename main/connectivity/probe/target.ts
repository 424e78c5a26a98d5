import type { Protocol, Scope } from '../../../preload/contract/profiles.ts'
import { goProxyVariable, type ProxyVariables } from '../../lib/rules/go-proxy.ts'

/** What a connection leads to, by name or address. */
export interface Destination {
  readonly host: string
  readonly port: number
}

/** Where the roots come from that the component trusts. */
export type Trust = { readonly kind: 'system' | 'bundled' } | { readonly kind: 'pem'; readonly pem: string }

/** What the expected speaker shows of itself, as the profile's row says it. */
interface Expected {
  readonly status?: readonly number[] | undefined
  readonly header?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
  readonly subprotocol?: string | undefined
}

/** User and password, or a token alone. */
export interface Credential {
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly token?: string | undefined
}

/** Something to connect to and how. Plain JSON, so that it can be handed to a probe in a pod. */
export interface Target {
  readonly id: string
  readonly host: string
  readonly port: number
  readonly protocol: Protocol
  readonly path: string | undefined
  readonly tls: boolean
  /** For SNI and the name in the certificate. */
  readonly serverName: string
  readonly scope: Scope
  readonly inspection: 'never' | 'with-ca'
  /** `env`: the component honours HTTPS_PROXY and NO_PROXY. */
  readonly proxy: 'env' | 'none'
  /** What the system says in the words of PAC ("PROXY host:port; DIRECT"); absent: it was not asked. */
  readonly pac?: string | undefined
  readonly trust: Trust
  /** PEM; presented when the far end asks. */
  readonly clientCertificate: { readonly certificate: string; readonly key: string } | undefined
  /** Named by the row, but not in the vault. */
  readonly clientCertificateMissing: boolean
  /** What the component signs in with; shown only to a speaker that has proven itself. */
  readonly credential?: Credential | undefined
  /** A host that a row needs besides its own: whatever answers in its name proves that it is reached. */
  readonly anyResponse?: boolean | undefined
  readonly alpn: readonly string[] | undefined
  readonly expect: Expected | undefined
  readonly addressRanges: readonly string[]
  /** Other hosts that the row names: a redirect to one of them is expected. */
  readonly companionHosts: readonly string[]
}

/** Proxy settings as a program's environment holds them. */
export interface ProxyEnvironment {
  readonly httpsProxy: string
  readonly httpProxy: string
  readonly noProxy: string
}

/** What a probe needs to know of the place that it runs in. */
export interface ProbeContext {
  /** Address of a DNS server, with or without a port; absent: this machine's. */
  readonly resolver: string | undefined
  readonly proxies: ProxyEnvironment
  /** For how long connections that are meant to last are held open and looked at; absent or 0: not. */
  readonly holdSeconds?: number | undefined
}

/** The proxy settings of an environment, as Go's net/http reads them. */
export function proxiesOf(env: ProxyVariables): ProxyEnvironment {
  const read = (name: Parameters<typeof goProxyVariable>[0]): string => goProxyVariable(name, env)?.value ?? ''
  return { httpsProxy: read('HTTPS_PROXY'), httpProxy: read('HTTP_PROXY'), noProxy: read('NO_PROXY') }
}
