import type { Duplex } from 'node:stream'
import type { Cause } from '../causes.ts'
import type { IdentityFacts } from '../facts.ts'
import type { Target } from '../target.ts'

/** A connection that is ready for the protocol's own first word. */
export interface ReadyConnection {
  readonly target: Target
  readonly stream: Duplex
  /** What TLS agreed on; empty when nothing. */
  readonly alpn: string
  /** For a proxy that is handed whole requests: what comes before the path, and who asks. */
  readonly absoluteForm?: { readonly prefix: string; readonly headers: Readonly<Record<string, string>> } | undefined
  /** One more connection of the same kind, for a redirect; undefined when there is none to be had. */
  readonly reconnect: (signal: AbortSignal) => Promise<Duplex | undefined>
}

/** What an answer shows. */
export type Recognition =
  /** The expected speaker, beyond doubt. With `auth.required`: it asks for credentials in its own manner. */
  | {
      readonly kind: 'recognised'
      readonly cause: '' | 'auth.required' | 'identity.unproven'
      readonly message: string
    }
  | { readonly kind: 'fault'; readonly cause: Cause; readonly message: string }

/** One protocol: how to ask who is there, and how to know the answer. Asking sends no credential. */
export interface ProtocolClient {
  readonly defaultPort: number
  /** With TLS; without: the port of the clear form. */
  readonly clearPort: number
  readonly alpn: readonly string[]
  readonly identify: (conversation: ReadyConnection, signal: AbortSignal) => Promise<IdentityFacts>
  /** Pure. Faults that every protocol shares (silence, wrong bytes) are judged before it is asked. */
  readonly recognise: (facts: IdentityFacts, target: Target) => Recognition
}

export const recognised = (message: string): Recognition => ({ kind: 'recognised', cause: '', message })
export const credentialsRequired = (message: string): Recognition => ({
  kind: 'recognised',
  cause: 'auth.required',
  message,
})
/**
 * A challenge that anything on the way may utter as well. Over TLS, whoever utters it is who the certificate says;
 * in the clear, nothing says who it was.
 */
export const challenged = (message: string, { tls }: Pick<Target, 'tls'>): Recognition =>
  tls
    ? credentialsRequired(message)
    : {
        kind: 'recognised',
        cause: 'identity.unproven',
        message: `${message}, without TLS: whoever is on the way could say so`,
      }
export const fault = (cause: Cause, message: string): Recognition => ({ kind: 'fault', cause, message })
