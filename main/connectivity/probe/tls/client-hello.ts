import { constants } from 'node:crypto'
import * as tls from 'node:tls'
import type { Runtime } from '../../../../preload/contract/profiles.ts'

/** What a client offers in its ClientHello: the server chooses from it, or refuses the handshake. */
type Offer = Pick<tls.SecureContextOptions, 'ciphers' | 'sigalgs' | 'ecdhCurve' | 'minVersion' | 'secureOptions'>

const tls13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']
/** Security levels are OpenSSL's own: where they apply to other libraries, the rules of `verify.ts` do. */
const unlimited = '@SECLEVEL=0'
/** The default since OpenSSL 3.2, of Debian, Ubuntu and RHEL; Node 20 has an older one. */
const securityLevel2 = '@SECLEVEL=2'

const ecdhe = (...suites: readonly string[]): readonly string[] =>
  suites.flatMap((suite) => [`ECDHE-ECDSA-${suite}`, `ECDHE-RSA-${suite}`])
const aead = ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305']

/** Go 1.26, crypto/tls: no DHE, no static RSA, no CBC with SHA-256 or SHA-384. */
const goSuites = [...tls13, ...ecdhe(...aead, 'AES128-SHA', 'AES256-SHA')]

/** SunJSSE of JDK 17, without what `jdk.tls.disabledAlgorithms` disables. */
const javaSuites = [
  ...tls13,
  ...ecdhe(...aead, 'AES256-SHA384', 'AES128-SHA256', 'AES256-SHA', 'AES128-SHA'),
  ...[...aead, 'AES256-SHA256', 'AES128-SHA256', 'AES256-SHA', 'AES128-SHA'].map((suite) => `DHE-RSA-${suite}`),
  ...['AES256-GCM-SHA384', 'AES128-GCM-SHA256', 'AES256-SHA256', 'AES128-SHA256', 'AES256-SHA', 'AES128-SHA'],
]

/** Go and Java accept a server that does not indicate secure renegotiation (RFC 5746); OpenSSL 3 does not. */
const legacyServers = constants.SSL_OP_LEGACY_SERVER_CONNECT ?? 0

/**
 * Go 1.26. Without rsa_pss_pss, Ed448 and SHA-1, a server whose only certificate needs one of those refuses the handshake, as it
 * refuses that of Go.
 */
const goSignatures = [
  'rsa_pss_rsae_sha256',
  'ecdsa_secp256r1_sha256',
  'ed25519',
  'rsa_pss_rsae_sha384',
  'rsa_pss_rsae_sha512',
  'rsa_pkcs1_sha256',
  'rsa_pkcs1_sha384',
  'rsa_pkcs1_sha512',
  'ecdsa_secp384r1_sha384',
  'ecdsa_secp521r1_sha512',
].join(':')

/** Groups from the most to the least: older versions of OpenSSL know no post-quantum ones. */
const goGroups = [
  'X25519MLKEM768:SecP256r1MLKEM768:SecP384r1MLKEM1024:X25519:P-256:P-384:P-521',
  'X25519:P-256:P-384:P-521',
]
const javaGroups = ['X25519:P-256:P-384:P-521:X448', 'X25519:P-256:P-384:P-521']

const withGroups = (offer: Offer, groups: readonly string[]): readonly Offer[] =>
  groups.map((ecdhCurve) => ({ ...offer, ecdhCurve }))

/** The offers of a runtime. This Node takes the first that its TLS library supports. */
const offers: Readonly<Record<Runtime | 'any', readonly Offer[]>> = {
  go: withGroups(
    { ciphers: [...goSuites, unlimited].join(':'), sigalgs: goSignatures, secureOptions: legacyServers },
    goGroups,
  ),
  java: withGroups({ ciphers: [...javaSuites, unlimited].join(':'), secureOptions: legacyServers }, javaGroups),
  node: [{ ciphers: `${tls.DEFAULT_CIPHERS}:${securityLevel2}` }, {}],
  openssl: [{ ciphers: [...tls13, 'DEFAULT', securityLevel2].join(':') }, {}],
  /** All that this Node has, to find out what a server supports. Never used for a verdict. */
  any: [
    {
      ciphers: [...tls13, 'ALL', 'COMPLEMENTOFDEFAULT', '!aNULL', '!eNULL', unlimited].join(':'),
      minVersion: 'TLSv1',
      secureOptions: legacyServers,
    },
    { minVersion: 'TLSv1' },
  ],
}

/** BoringSSL, the TLS library of Electron, has no security levels, and not all names of signature algorithms. */
function variantsOf(offer: Offer): readonly Offer[] {
  const withoutLevel = { ...offer, ciphers: offer.ciphers?.replace(/:@SECLEVEL=\d/, '') }
  return [offer, withoutLevel, { ...withoutLevel, sigalgs: undefined }]
}

/** A context that offers what the runtime would. Throws when a client certificate or key cannot be read. */
export function contextOf(runtime: Runtime | 'any', rest: tls.SecureContextOptions): tls.SecureContext {
  supportedOffers[runtime] ??= firstSupported(offers[runtime])
  return tls.createSecureContext({ ...supportedOffers[runtime], ...rest })
}

const supportedOffers: Partial<Record<Runtime | 'any', Offer>> = {}

function firstSupported(candidates: readonly Offer[]): Offer {
  return candidates.flatMap(variantsOf).find(isSupported) ?? {}
}

function isSupported(offer: Offer): boolean {
  try {
    tls.createSecureContext({ ca: [], ...offer })
    return true
  } catch {
    return false
  }
}

/** Whether the runtime offers post-quantum key exchange, which makes its ClientHello long, and this Node cannot. */
export function sendsShorterHello(runtime: Runtime): boolean {
  if (runtime !== 'go') return false
  supportedOffers.go ??= firstSupported(offers.go)
  return supportedOffers.go.ecdhCurve?.includes('MLKEM') !== true
}
