import type { DiscoveredHost, Stage } from '../../../preload/contract/connectivity.ts'
import type { Runtime } from '../../../preload/contract/profiles.ts'

/** What the stages observed, as plain data: the input of the judgement, without any conclusion. */

/** The names that the queried name is an alias of (CNAME), in order; absent: it is none. */
interface Aliased {
  readonly aliases?: readonly string[]
}

export type FamilyAnswer =
  | ({ readonly kind: 'addresses'; readonly addresses: readonly string[] } & Aliased)
  /** The name exists and has none of this family (NODATA). */
  | ({ readonly kind: 'none' } & Aliased)
  | ({ readonly kind: 'nxdomain' } & Aliased)
  | { readonly kind: 'timeout' }
  /** The server answered with an error: SERVFAIL, REFUSED, FORMERR, NOTIMP, or a REFERRAL to other servers. */
  | { readonly kind: 'error'; readonly code: string }
  /** The answer does not fit into a UDP packet, and the server was not reached over TCP. */
  | { readonly kind: 'truncated'; readonly code: string }
  /** The server itself could not be reached. */
  | { readonly kind: 'unreachable'; readonly code: string }

export type DnsFacts =
  /** The endpoint has an address instead of a name. */
  | { readonly kind: 'literal'; readonly address: string }
  | {
      readonly kind: 'queried'
      readonly name: string
      /** The addresses of the DNS servers, or another source of the answer. */
      readonly resolver: string
      readonly v4: FamilyAnswer
      readonly v6: FamilyAnswer
      /** The name with a search domain appended, when that is what resolved. */
      readonly expandedName: string | undefined
      /** The addresses of the name itself, when a search domain was tried before it. */
      readonly plainAddresses: readonly string[] | undefined
      /** Names with a search domain that were tried before the name and failed; absent: none. */
      readonly failedSearches?: readonly string[]
      /** Addresses for a name that cannot exist (`.invalid`); queried only when a later stage failed. */
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
  /** How the first connection failed, when this one is its retry. */
  readonly earlierFailure: string | undefined
}

export type ProxyFacts =
  | { readonly kind: 'direct'; readonly reason: string }
  | { readonly kind: 'unusable' | 'misspelled'; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly name: string; readonly detail: string }
  | { readonly kind: 'open'; readonly name: string; readonly port: number; readonly tls?: TlsFacts | undefined }
  /** It forwards whole requests without TLS (RFC 9112 §3.2.2); no tunnel is needed. */
  | {
      readonly kind: 'forwards'
      readonly name: string
      readonly sentCredentials: boolean
      readonly tls?: TlsFacts | undefined
    }
  /** Its own certificate is not valid, or TLS with it failed. */
  | { readonly kind: 'bad-tls'; readonly name: string; readonly problem: string; readonly tls: TlsFacts }
  /** SOCKS: it requires a login, or rejected this one. */
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
      /** The port of the CONNECT; undefined for a forwarded request. */
      readonly port: number | undefined
      readonly response: HttpResponse
      readonly sentCredentials: boolean
      /** Whether port 443 of the same host is allowed; checked only when another port was denied. */
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
  /** The length of its RSA key; undefined for a key of another type. */
  readonly rsaBits: number | undefined
}

/** Why a TLS library does not accept a chain. `certificate`: whose fault it is. */
export interface ChainFault {
  readonly kind: /** No signature leads to a trusted certificate. */
    | 'unknown-root'
    /** The same, and the server sent no certificate of the authority that signed its own. */
    | 'incomplete'
    /** The trusted certificate is an intermediate or the server's own, and the library wants a root. */
    | 'partial'
    | 'malformed'
    | 'usage'
    | 'name-constraint'
    | 'weak-signature'
    | 'weak-key'
    /** Not accepted by OpenSSL, for a reason that the rules here do not have. */
    | 'rejected'
  readonly certificate: string
  readonly message: string
}

export interface DateFault {
  readonly kind: 'expired' | 'not-yet-valid'
  readonly role: 'leaf' | 'intermediate' | 'anchor'
  readonly certificate: string
  /** Milliseconds since the epoch. */
  readonly date: number
}
/** Whose roots signatures lead to. */
interface Trusted {
  /** Without a fault of the chain: the runtime of the component accepts it, apart from dates and the name. */
  readonly byTarget: boolean
  readonly byBundled: boolean
  readonly bySystem: boolean
}

/** Why each TLS library would not accept the certificate; empty: it accepts it. Dates do not count. */
export type RuntimeObjections = Readonly<Record<Runtime, string>>

export type TlsFacts =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'established'
      readonly version: string
      readonly cipher: string
      /** Empty when none was negotiated. */
      readonly alpn: string
      readonly serverName: string
      readonly chain: readonly CertificateFacts[]
      readonly trusted: Trusted
      /** Why the runtime of the component does not accept the chain, apart from dates and the name. */
      readonly chainFault: ChainFault | undefined
      /** The certificate of the chain that is out of date. */
      readonly dateFault: DateFault | undefined
      readonly objections: RuntimeObjections
      /** Why the certificate is not valid for the name; empty when it is. */
      readonly nameError: string
      /** Milliseconds since the epoch, when the handshake was done. */
      readonly at: number
      /** The latest "not before" and the earliest "not after" of the certificates whose dates the runtime checks. */
      readonly validFrom: number
      readonly validTo: number
      /** A certificate for a made-up name was presented too; undefined: not tried. */
      readonly mintedOnDemand: boolean | undefined
      /** The response to a GET without credentials over the untrusted connection. */
      readonly unverifiedResponse: HttpResponse | undefined
      readonly clientCertificateGiven: boolean
      /**
       * Whether a ClientHello as long as that of the runtime is answered, where this Node sends a shorter one: `size`: not even in
       * small packets; `packets`: only in small packets.
       */
      readonly longHello: 'answered' | 'size' | 'packets' | undefined
    }
  | {
      readonly kind: 'failed'
      readonly outcome: 'reset' | 'closed' | 'stalled' | 'not-tls' | 'error'
      /** OpenSSL's or the system's code. */
      readonly code: string
      readonly receivedBytes: number
      readonly firstBytes: string
      readonly clientCertificateGiven: boolean
      /** After a reset or close: whether a connection on which nothing is sent ends too. */
      readonly dropsSilentConnection: boolean | undefined
      /** After a reset or close: whether a ClientHello for another name is answered. */
      readonly answersOtherName: boolean | undefined
      /** After a reset, close or stall: whether a short ClientHello for the same name, whose answer is short too, is answered. */
      readonly answersSmallHello: boolean | undefined
      /** The same for a long one, whose answer is as short. */
      readonly answersLongHello: boolean | undefined
      /** The same long one in packets that are small. */
      readonly answersSplitHello: boolean | undefined
      /** After a refusal: what other runtimes and this Node with all that it has come to. */
      readonly otherOffers: OtherOffers | undefined
      /** The response to a GET without TLS, when the server sent no TLS or nothing. */
      readonly unverifiedResponse: HttpResponse | undefined
    }

/** Handshakes with the same server that offer something else. */
export interface OtherOffers {
  /** The runtimes whose handshake succeeds. */
  readonly acceptedBy: readonly Runtime[]
  /** What the server chooses when it is offered everything, such as `TLSv1.2, TLS_DHE_RSA_WITH_AES_256_GCM_SHA384`; empty: nothing. */
  readonly chosen: string
  /** The application protocols that the server accepts, of those that were tried. */
  readonly alpn: readonly string[]
}

export interface HttpResponse {
  readonly status: number
  readonly reason: string
  /** Names in lower case; repeated ones joined by ", ". */
  readonly headers: Readonly<Record<string, string>>
  /** At most `readLimitBytes`, as text. */
  readonly body: string
  /** Milliseconds since the epoch by this clock, when the head was received. */
  readonly at: number
  /** Half of the time between request and head: the uncertainty of `at`. */
  readonly halfTripMs: number
}

/** The frame by which a server ended a request or a connection (RFC 9113 §7). */
export interface Http2Error {
  readonly by: 'GOAWAY' | 'RST_STREAM'
  readonly code: number
  /** What the server says about it in GOAWAY. */
  readonly debug: string
}

/** Why there is no response. */
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
      /** What a second request was answered that clients of the protocol send next; absent: none was sent. */
      readonly next?: { readonly request: string; readonly response: HttpResponse | undefined }
      /** The frame by which the server ended the connection or a first attempt, although it answered; absent: none. */
      readonly ended?: Http2Error
    }
  | {
      readonly kind: 'websocket'
      readonly request: string
      readonly response: HttpResponse
      /** Whether the upgrade was accepted, with the accept key of the key that was sent. */
      readonly accepted: boolean
      readonly subprotocol: string
      /** How the connection ended soon after the upgrade was accepted; absent: it did not. */
      readonly ended?: {
        readonly how: 'closed' | 'reset' | 'close-frame'
        readonly afterMs: number
        readonly code: number
        /** Of a close frame. */
        readonly reason?: string
      }
      /** The greeting in the first frames, for AMQP over WebSocket. */
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
  /** HTTP/2 was negotiated, and the server ended the request or the connection. */
  | { readonly kind: 'http2-error'; readonly error: Http2Error }
  | { readonly kind: 'no-http2'; readonly alpn: string; readonly detail: string }
  /** Bytes that are not of the expected protocol. */
  | { readonly kind: 'bytes'; readonly firstBytes: string; readonly looksLike: string }
  | { readonly kind: 'no-response'; readonly reason: NoResponse; readonly overTls: boolean }
  /** The server ended the connection with a TLS alert after the handshake. */
  | { readonly kind: 'alert'; readonly code: string }

export type AmqpGreeting =
  | { readonly kind: 'sasl'; readonly mechanisms: readonly string[] }
  | { readonly kind: 'open' }
  | { readonly kind: 'start'; readonly version: string; readonly mechanisms: string; readonly product: string }
  /** The protocol header of another version of AMQP. */
  | { readonly kind: 'header'; readonly dialect: string }
  | { readonly kind: 'header-only' }
  | { readonly kind: 'bytes'; readonly firstBytes: string; readonly looksLike: string }
  | { readonly kind: 'no-response'; readonly reason: NoResponse }

/** What happened to an idle connection. */
export type HoldFacts =
  /** The server reacted to data after the idle time. */
  | { readonly kind: 'alive'; readonly heldMs: number; readonly message: string }
  /** It ended while idle, without a shutdown by the server. */
  | { readonly kind: 'dropped'; readonly afterMs: number; readonly how: 'reset' | 'closed' }
  /** The same, too soon for a timeout of idle connections. */
  | { readonly kind: 'ended-early'; readonly afterMs: number; readonly how: 'reset' | 'closed' }
  /** It seemed open, and did not react to data any more. */
  | { readonly kind: 'unresponsive'; readonly heldMs: number; readonly how: 'reset' | 'timeout' }
  /** The server ended it, or may have. */
  | { readonly kind: 'closed-by-server'; readonly afterMs: number; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string }

/** What happened with the credential of an endpoint. */
export type AuthFacts =
  | { readonly kind: 'accepted' | 'rejected'; readonly message: string }
  /** It was not sent, or the response does not show whether it was accepted. */
  | { readonly kind: 'not-tried'; readonly reason: string }

/** A host that the server's answer directs clients to, and the result of its own check. */
export interface DiscoveredFacts extends DiscoveredHost {
  readonly reached: boolean
  /** Empty on a plain pass. */
  readonly cause: string
}

/** All facts of one endpoint, as far as its stages ran. */
export interface Facts {
  /** The proxy of the endpoint; dns and tcp are then about the proxy. */
  readonly proxyName?: string
  /** Behind a proxy: the result without it. Never changes a verdict. */
  readonly direct?: { readonly dns?: DnsFacts; readonly tcp?: TcpFacts }
  /** Behind a proxy: the entry of NO_PROXY with an address of the host, which programs do not apply to the host's name. */
  readonly noProxyRange?: string
  /** Behind a proxy: an entry of NO_PROXY that means the host and does not apply to it, and why. */
  readonly noProxyMiss?: { readonly entry: string; readonly why: string }
  /** After a direct connection failed: whether a proxy that the component does not use for it reaches the destination. */
  readonly proxyWouldReach?: { readonly name: string; readonly reached: boolean; readonly unused: 'ignored' | 'unset' }
  readonly dns?: DnsFacts
  readonly tcp?: TcpFacts
  readonly proxy?: ProxyFacts
  readonly tls?: TlsFacts
  readonly identity?: IdentityFacts
  readonly auth?: AuthFacts
  /** The checked hosts that the answer directs clients to. */
  readonly discovered?: readonly DiscoveredFacts[]
  /** Deep runs: an idle connection. */
  readonly hold?: HoldFacts
  /** Deep runs: whether a request larger than a packet was answered, when a small one was. */
  readonly answersLarge?: boolean
  /** The stages during which this process did not run for a considerable time. */
  readonly starved?: Readonly<Partial<Record<Stage, Starvation>>>
}

/** How long a stage took, and how much of that the probe's process did not run although it was due. */
interface Starvation {
  readonly ms: number
  readonly lostMs: number
}
