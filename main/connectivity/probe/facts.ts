import type { DiscoveredHost } from '../../../preload/contract/connectivity.ts'

/** What the stages saw, as plain data: everything that a judgement may rest on, and nothing that was concluded. */

export type FamilyAnswer =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  /** The name exists and has none of this family (NODATA). */
  | { readonly kind: 'none' }
  | { readonly kind: 'nxdomain' }
  | { readonly kind: 'timeout' }
  /** The server answered with an error: SERVFAIL, REFUSED, FORMERR, NOTIMP. */
  | { readonly kind: 'error'; readonly code: string }
  /** The server itself could not be reached. */
  | { readonly kind: 'unreachable'; readonly code: string }

export type DnsFacts =
  /** The row gives an address: nothing to ask. */
  | { readonly kind: 'literal'; readonly address: string }
  | {
      readonly kind: 'queried'
      readonly name: string
      /** Of whom: addresses of the servers, or where else the answer came from. */
      readonly resolver: string
      readonly v4: FamilyAnswer
      readonly v6: FamilyAnswer
      /** The name with a search domain behind it, when that is what answered. */
      readonly expandedName: string | undefined
      /** What the plain name gives, when a search domain answered before it. */
      readonly plainAddresses: readonly string[] | undefined
      /** Addresses given for a name that cannot exist (`.invalid`); asked only when a later stage failed. */
      readonly nonexistentNameAddresses: readonly string[] | undefined
    }

export type DialOutcome =
  | 'connected'
  | 'refused'
  | 'timeout'
  | 'reset'
  | 'unreachable'
  | 'no-route'
  | 'no-sockets'
  | 'error'

export interface Attempt {
  readonly address: string
  readonly family: 4 | 6
  readonly outcome: DialOutcome
  readonly code: string
  readonly ms: number
}

export interface TcpFacts {
  readonly connected: { readonly address: string; readonly family: 4 | 6; readonly localAddress: string } | undefined
  readonly port: number
  readonly attempts: readonly Attempt[]
  /** What an earlier connection of this row met, when it was cut and this one was made in its place. */
  readonly earlierFailure: string | undefined
}

export type ProxyFacts =
  | { readonly kind: 'direct'; readonly reason: string }
  | { readonly kind: 'unusable'; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly name: string; readonly detail: string }
  | { readonly kind: 'open'; readonly name: string; readonly port: number; readonly tls?: TlsFacts | undefined }
  /** It is handed whole requests in the clear (RFC 9112 §3.2.2), and asked for no tunnel. */
  | {
      readonly kind: 'forwards'
      readonly name: string
      readonly sentCredentials: boolean
      readonly tls?: TlsFacts | undefined
    }
  /** Its own certificate is not good, or TLS with it did not come about. */
  | { readonly kind: 'bad-tls'; readonly name: string; readonly problem: string; readonly tls: TlsFacts }
  /** SOCKS: it takes no login, or not this one. */
  | { readonly kind: 'refused-login'; readonly name: string; readonly sentCredentials: boolean }
  /** SOCKS: its reply (RFC 1928 §6). */
  | {
      readonly kind: 'refused'
      readonly name: string
      readonly port: number
      readonly reply: number
      readonly port443: 'allowed' | 'refused' | 'unknown'
    }
  | {
      readonly kind: 'responded'
      readonly name: string
      /** Of the CONNECT; undefined: of a whole request that was handed over. */
      readonly port: number | undefined
      readonly response: HttpResponse
      readonly sentCredentials: boolean
      /** Whether the same host is let through on 443; asked only when another port was refused. */
      readonly port443: 'allowed' | 'refused' | 'unknown'
    }
  | { readonly kind: 'timeout'; readonly name: string; readonly detail: string }

export interface CertificateFacts {
  readonly subject: string
  readonly issuer: string
  readonly names: string
  readonly notBefore: string
  readonly notAfter: string
  /** SHA-256 of the public key, in hexadecimal. */
  readonly keySha256: string
}

interface Trusted {
  /** The roots that the component trusts. */
  readonly byTarget: boolean
  readonly byBundled: boolean
  readonly bySystem: boolean
  /** What OpenSSL says against the chain besides dates and names; empty when nothing. */
  readonly error: string
}

export type TlsFacts =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'established'
      readonly version: string
      readonly cipher: string
      /** Empty when none was agreed. */
      readonly alpn: string
      readonly serverName: string
      readonly chain: readonly CertificateFacts[]
      readonly trusted: Trusted
      /** Why the certificate is not for this name; empty when it is. */
      readonly nameError: string
      /** Milliseconds since the epoch, when the handshake was done. */
      readonly at: number
      /** Of the leaf, or of all that was presented where the path to a root is out of date: the latest "not before" and the earliest "not after". */
      readonly validFrom: number
      readonly validTo: number
      /** A certificate for a name that was made up on the spot was presented too. Undefined: not tried. */
      readonly mintedOnDemand: boolean | undefined
      /** What was said over a connection that is not trusted; nothing is sent but a plain GET. */
      readonly unverifiedResponse: HttpResponse | undefined
      readonly clientCertificateGiven: boolean
    }
  | {
      readonly kind: 'failed'
      readonly outcome: 'reset' | 'closed' | 'stalled' | 'not-tls' | 'error'
      /** OpenSSL's or the system's code. */
      readonly code: string
      readonly receivedBytes: number
      readonly firstBytes: string
      readonly clientCertificateGiven: boolean
      /** After a cut: whether the far end cuts a connection on which nothing was said. */
      readonly dropsSilentConnection: boolean | undefined
      /** After a cut: whether a hello for another name is answered. */
      readonly answersOtherName: boolean | undefined
      /** After a stall: whether a hello that asks for a few bytes only is answered. */
      readonly answersSmallHello: boolean | undefined
      /** What is said to a plain GET in clear, when what came is no TLS, or nothing came. */
      readonly unverifiedResponse: HttpResponse | undefined
    }

export interface HttpResponse {
  readonly status: number
  readonly reason: string
  /** Names in lower case; repeated ones joined by ", ". */
  readonly headers: Readonly<Record<string, string>>
  /** At most `readLimitBytes`, as text. */
  readonly body: string
  /** Milliseconds since the epoch by this clock, when the head had come. */
  readonly at: number
  /** Half of the time between request and head: how far `at` may be off. */
  readonly halfTripMs: number
}

/** A speech that is no HTTP, as far as it came. */
export type NoResponse =
  | { readonly kind: 'timeout' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'error'; readonly code: string }

export type IdentityFacts =
  | {
      readonly kind: 'http'
      readonly request: string
      readonly response: HttpResponse
      readonly redirectedFrom: readonly string[]
    }
  | {
      readonly kind: 'websocket'
      readonly request: string
      readonly response: HttpResponse
      /** Whether `Sec-WebSocket-Accept` belongs to the key that was sent. */
      readonly accepted: boolean
      readonly subprotocol: string
      /** What came in the first frame, for AMQP over WebSocket. */
      readonly greeting: AmqpGreeting | undefined
    }
  | { readonly kind: 'amqp'; readonly greeting: AmqpGreeting }
  | {
      readonly kind: 'grpc'
      readonly status: number
      readonly grpcStatus: string
      readonly contentType: string
      readonly detail: string
    }
  | { readonly kind: 'no-http2'; readonly alpn: string; readonly detail: string }
  /** Bytes that are none of what was asked for. */
  | { readonly kind: 'bytes'; readonly firstBytes: string; readonly looksLike: string }
  | { readonly kind: 'no-response'; readonly reason: NoResponse; readonly overTls: boolean }
  /** The far end ended the connection with a TLS alert after the handshake. */
  | { readonly kind: 'alert'; readonly code: string }

export type AmqpGreeting =
  | { readonly kind: 'sasl'; readonly mechanisms: readonly string[] }
  | { readonly kind: 'open' }
  | { readonly kind: 'start'; readonly version: string; readonly mechanisms: string; readonly product: string }
  /** The header of another dialect. */
  | { readonly kind: 'header'; readonly dialect: string }
  | { readonly kind: 'header-only' }
  | { readonly kind: 'bytes'; readonly firstBytes: string; readonly looksLike: string }
  | { readonly kind: 'no-response'; readonly reason: NoResponse }

/** What became of a connection on which nothing was said for a while. */
export type HoldFacts =
  /** It was answered when it was spoken to again. */
  | { readonly kind: 'alive'; readonly heldMs: number; readonly message: string }
  /** It ended while nothing was said, without a word of the far end. */
  | { readonly kind: 'dropped'; readonly afterMs: number; readonly how: 'reset' | 'closed' }
  /** It seemed open, and was dead when it was spoken to. */
  | { readonly kind: 'unresponsive'; readonly heldMs: number; readonly how: 'reset' | 'timeout' }
  /** The far end ended it itself, in its own manner, or may have. */
  | { readonly kind: 'closed-by-server'; readonly afterMs: number; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string }

/** What became of the credential that a row names. */
export type AuthFacts =
  | { readonly kind: 'accepted' | 'rejected'; readonly message: string }
  /** It was not shown, or the answer says nothing about it. */
  | { readonly kind: 'not-tried'; readonly reason: string }

/** A host that the server's answer sends clients to, and how its own check ended. */
export interface DiscoveredFacts extends DiscoveredHost {
  readonly reached: boolean
  /** Empty on a plain pass. */
  readonly cause: string
}

/** All that is known of one row, as far as it came. */
export interface Facts {
  /** The proxy that the row goes through; dns and tcp are then about it. */
  readonly proxyName?: string
  /** Behind a proxy: what the destination itself would be from here. Never changes a verdict. */
  readonly direct?: { readonly dns?: DnsFacts; readonly tcp?: TcpFacts }
  /** After the direct way failed for a component that ignores the proxy: whether the proxy gets there. */
  readonly proxyWouldReach?: { readonly name: string; readonly reached: boolean }
  readonly dns?: DnsFacts
  readonly tcp?: TcpFacts
  readonly proxy?: ProxyFacts
  readonly tls?: TlsFacts
  readonly identity?: IdentityFacts
  readonly auth?: AuthFacts
  /** Hosts that the answer sends clients to, once they were checked. */
  readonly discovered?: readonly DiscoveredFacts[]
  /** Deep runs: a connection that was held without a word. */
  readonly hold?: HoldFacts
  /** Deep runs: whether a request larger than a packet was answered, when a small one was. */
  readonly answersLarge?: boolean
}
