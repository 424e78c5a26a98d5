import type { Duplex } from 'node:stream'
import type { Cause } from '../causes.ts'
import type { IdentityFacts } from '../facts.ts'
import type { Target } from '../target.ts'

/** A connection that is ready for the first data of the protocol. */
export interface ReadyConnection {
  readonly target: Target
  readonly stream: Duplex
  /** The negotiated application protocol; empty when none. */
  readonly alpn: string
  /** For a forwarding proxy: what precedes the path, and the proxy's own headers. */
  readonly absoluteForm?: { readonly prefix: string; readonly headers: Readonly<Record<string, string>> } | undefined
  /** Another connection of the same kind, for a redirect; undefined when it fails. */
  readonly reconnect: (signal: AbortSignal) => Promise<Duplex | undefined>
}

/** What a response shows. */
export type Recognition =
  /** The expected service. With `auth.required`: it requires credentials, as this service does. */
  | {
      readonly kind: 'recognised'
      readonly cause: '' | 'auth.required' | 'identity.unproven'
      readonly message: string
    }
  | { readonly kind: 'fault'; readonly cause: Cause; readonly message: string }

/** One protocol: how to make a server identify itself, and how to recognise its response. Sends no credential. */
export interface ProtocolClient {
  readonly defaultPort: number
  /** The default port without TLS. */
  readonly clearPort: number
  readonly alpn: readonly string[]
  readonly identify: (connection: ReadyConnection, signal: AbortSignal) => Promise<IdentityFacts>
  /** Pure. Faults that all protocols share (no response, unexpected bytes) are judged before it is called. */
  readonly recognise: (facts: IdentityFacts, target: Target) => Recognition
}

export const recognised = (message: string): Recognition => ({ kind: 'recognised', cause: '', message })
export const credentialsRequired = (message: string): Recognition => ({
  kind: 'recognised',
  cause: 'auth.required',
  message,
})
/** A challenge that any device on the path can send too. Only with TLS is it the server's. */
export const challenged = (message: string, { tls }: Pick<Target, 'tls'>): Recognition =>
  tls
    ? credentialsRequired(message)
    : {
        kind: 'recognised',
        cause: 'identity.unproven',
        message: `${message}, without TLS: any device on the path can send this`,
      }
export const fault = (cause: Cause, message: string): Recognition => ({ kind: 'fault', cause, message })
