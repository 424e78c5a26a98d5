/**
 * Limits of time and size. Each stage has its own time limit, so no server can block a check: the slowest endpoint (every stage
 * just in time) ends after `endpointLimitMs` and its follow-up checks, under the 15 s promised for a network that drops
 * everything. Time in which the process does not run is not counted (`time-limit.ts`).
 */

/** Two tries with a resolver's usual 1 s, and a margin. */
export const dnsLimitMs = 3_000
/** After one family was answered, how long to wait for the other. */
export const dnsGraceMs = 1_000
/** Covers the first SYN and its retransmissions after 1 s and 3 s (RFC 6298): a lost packet is not a closed port. */
export const tcpLimitMs = 4_000
/** After one family connected, how long to wait for the other before it counts as a black hole. */
export const tcpGraceMs = 1_500
/** Within a family, how long to wait for an address before the next one is tried too. */
export const tcpStaggerMs = 1_000
/** Behind a proxy: the check without it is for information only, and nothing waits longer for it. */
export const directLimitMs = 1_500
/** A proxy answers CONNECT only once it has reached the destination itself. */
export const proxyLimitMs = 5_000
export const tlsLimitMs = 5_000
export const identityLimitMs = 5_000
/** After the head of an HTTP response, how long to wait for its body. */
export const bodyLimitMs = 1_500
/** One follow-up check: a second ClientHello, a second CONNECT. */
export const confirmLimitMs = 2_000
/** Pause before the one retry of a failed connection. */
export const retryPauseMs = 150
/** All stages of one endpoint together; follow-up checks after a failure can add two `confirmLimitMs`. */
export const endpointLimitMs = 10_000

/** A stage during which this share of the beats of the probe's clock came late proves nothing by a missing answer. One pause does not. */
export const starvedShare = 0.8
export const starvedBeats = 4

/** Headers and body that are read of any response. */
export const readLimitBytes = 65_536
/** What a server can send before the TLS handshake is done. Long real chains are under 20 KB. */
export const handshakeLimitBytes = 262_144
/** The contract's limit for the evidence of a stage. */
export const evidenceLimitCharacters = 2_048

/** Smaller clock differences are not reported. */
export const clockDriftMs = 60_000
/** Signatures and tokens (AWS SigV4, SAS, JWT) are rejected from this difference on. */
export const clockSkewMs = 300_000
