/**
 * How long and how much a probe may take. Each stage has its own deadline, so nothing a far end does can hang a row:
 * the worst row (every stage just in time) ends with `endpointLimitMs` and its second looks, under the 15 s promised for a
 * network that swallows everything.
 */

/** Two tries of a resolver's usual 1 s, and a little for a slow one. */
export const dnsLimitMs = 3_000
/** When one family answered, how long the other may still take before it counts as silent. */
export const dnsGraceMs = 1_000
/** Covers the first SYN and its retransmissions after 1 s and 3 s (RFC 6298): a lost packet is not a closed port. */
export const tcpLimitMs = 4_000
/** When one family is connected, how long the other has before it counts as a black hole. */
export const tcpGraceMs = 1_500
/** Within a family, the next address is tried when the one before has said nothing for so long. */
export const tcpStaggerMs = 1_000
/** Behind a proxy: what the destination itself is from here is only for information, and nothing waits longer for it. */
export const directLimitMs = 1_500
/** A proxy answers CONNECT only once it has reached the destination itself. */
export const proxyLimitMs = 5_000
export const tlsLimitMs = 5_000
export const identityLimitMs = 5_000
/** Once the head of an HTTP answer is there, its body may be judged by what has come after so long. */
export const bodyLimitMs = 1_500
/** One confirming look: a second hello, a second CONNECT. */
export const confirmLimitMs = 2_000
/** Pause before the one retry of a connection that was cut. */
export const retryPauseMs = 150
/** All stages of one row together; second looks after a failure may add two confirmations. */
export const endpointLimitMs = 10_000

/** Headers and body that are read of any answer. */
export const readLimitBytes = 65_536
/** Everything that a far end may send before the TLS handshake is done. Long real chains are under 20 KB. */
export const handshakeLimitBytes = 262_144
/** What is kept of an answer's body as evidence. */
export const bodyEvidenceBytes = 512
/** What one stage may say: the contract's limit. */
export const evidenceLimitCharacters = 2_048

/** The clocks of both ends may differ by this much before it is worth a word. */
export const clockDriftMs = 60_000
/** Signatures and tokens (AWS SigV4, SAS, JWT) are refused from here on. */
export const clockSkewMs = 300_000
