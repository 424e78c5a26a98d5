import type { Protocol, Runtime, Scope } from '../../../preload/contract/profiles.ts'
import { goProxyVariable, type ProxyVariables } from '../../lib/rules/go-proxy.ts'
import type { Place } from './place.ts'

/** The destination of a connection, by name or address. */
export interface Destination {
  readonly host: string
  readonly port: number
}

/** The roots that the component trusts. */
export type Trust = { readonly kind: 'system' | 'bundled' } | { readonly kind: 'pem'; readonly pem: string }

/** What the expected service responds, from the endpoint's `expect` in the profile. */
interface Expected {
  readonly status?: readonly number[] | undefined
  readonly header?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
  readonly subprotocol?: string | undefined
}

/** User name and password, or a token. */
export interface Credential {
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly token?: string | undefined
}

/** What to connect to, and how. Plain JSON, so that it can be sent to a probe in a pod. */
export interface Target {
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
  /** The system's proxy settings as a PAC result ("PROXY host:port; DIRECT"); absent: not read. */
  readonly pac?: string | undefined
  readonly trust: Trust
  /** The TLS library of the component, whose rules hold. */
  readonly runtime: Runtime
  /** PEM; presented when the server requests it. */
  readonly clientCertificate: { readonly certificate: string; readonly key: string } | undefined
  /** Named by the endpoint, but not in the vault. */
  readonly clientCertificateMissing: boolean
  /** The component's credential; sent to a verified service only. */
  readonly credential?: Credential | undefined
  /** A further host of an endpoint: any response for its name proves that it is reachable. */
  readonly anyResponse?: boolean | undefined
  readonly alpn: readonly string[] | undefined
  readonly expect: Expected | undefined
  readonly addressRanges: readonly string[]
  /** Where the endpoint's companions are: a redirect to one of them is expected. */
  readonly companionPlaces: readonly Place[]
}

/** Proxy settings as a program's environment holds them. */
export interface ProxyEnvironment {
  readonly httpsProxy: string
  readonly httpProxy: string
  readonly noProxy: string
}

/** What a probe needs to know about its vantage. */
export interface ProbeContext {
  /** Address of a DNS server, with or without a port; absent: this machine's. */
  readonly resolver: string | undefined
  readonly proxies: ProxyEnvironment
  /** How long long-lived connections are held idle, in seconds; absent or 0: not at all. */
  readonly holdSeconds?: number | undefined
}

/** The proxy settings of an environment, as Go's net/http reads them. */
export function proxiesOf(env: ProxyVariables): ProxyEnvironment {
  const read = (name: Parameters<typeof goProxyVariable>[0]): string => goProxyVariable(name, env)?.value ?? ''
  return { httpsProxy: read('HTTPS_PROXY'), httpProxy: read('HTTP_PROXY'), noProxy: read('NO_PROXY') }
}
