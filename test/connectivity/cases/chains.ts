import type { TlsOptions } from 'node:tls'
import {
  alternativeNames,
  anyPurpose,
  basicConstraints,
  clientPurpose,
  customCertificate,
  type Extension,
  issuerPlace,
  keyUsage,
  nameConstraints,
  purposes,
  rsaKey,
  serverPurpose,
  type Wanted,
} from '../../peers/certificate.ts'
import { json, servePage } from '../servers/http.ts'
import { name } from '../servers/serve.ts'
import { type Case, type EndpointFields, fault, fine, type Setup } from './case.ts'

/** Chains of certificates that TLS libraries judge, each in its own way. */

const dayMs = 86_400_000
const inDays = (days: number): Date => new Date(Date.now() + days * dayMs)
export const signing = keyUsage(0x06)
const digitalSignature = keyUsage(0x80)
const certSignOnly = keyUsage(0x04)

export const keys = { root: rsaKey(), other: rsaKey(), intermediate: rsaKey(), lower: rsaKey(), leaf: rsaKey() }
const authorities = { root: 'Chain Root', intermediate: 'Chain Intermediate', lower: 'Chain Lower' } as const

type Change = Partial<Omit<Wanted, 'subject' | 'issuer'>>

export const rootOf = (change: Change = {}): string =>
  customCertificate({
    subject: authorities.root,
    key: keys.root,
    issuer: { name: authorities.root, key: keys.root },
    extensions: [basicConstraints(true), signing],
    notBefore: inDays(-3_650),
    notAfter: inDays(3_650),
    ...change,
  })
export const intermediateOf = (change: Change = {}): string =>
  customCertificate({
    subject: authorities.intermediate,
    key: keys.intermediate,
    issuer: { name: authorities.root, key: keys.root },
    extensions: [basicConstraints(true), signing],
    notBefore: inDays(-700),
    notAfter: inDays(700),
    ...change,
  })
const lowerOf = (change: Change = {}): string =>
  customCertificate({
    subject: authorities.lower,
    key: keys.lower,
    issuer: { name: authorities.intermediate, key: keys.intermediate },
    extensions: [basicConstraints(true), signing],
    ...change,
  })
export const serverExtensions: readonly Extension[] = [
  basicConstraints(false),
  digitalSignature,
  purposes(serverPurpose),
  alternativeNames(name),
]
export const leafOf = (change: Change = {}, by: keyof typeof authorities = 'intermediate'): string =>
  customCertificate({
    subject: name,
    key: keys.leaf,
    issuer: { name: authorities[by], key: keys[by] },
    extensions: serverExtensions,
    ...change,
  })
/** The same with other extensions in place of those of the same kind. */
export const replacing = (...changed: readonly Extension[]): Change => ({
  extensions: [...serverExtensions.filter(({ id }) => changed.every((other) => other.id !== id)), ...changed],
})

const root = rootOf()
export const intermediate = intermediateOf()
export const leaf = leafOf()

/** A good chain whose server certificate has this key usage. */
export const chainWithUsage = (bits: number): TlsOptions & { readonly root: string } => ({
  cert: `${leafOf(replacing(keyUsage(bits)))}${intermediate}`,
  key: keys.leaf.pem,
  root,
})

export type Runtime = 'go' | 'java' | 'node' | 'openssl'

/** A server that sends these certificates, its own first. The endpoint trusts the root, or what it is given. */
export const sending =
  (
    sent: readonly string[],
    { runtime = 'go', trust = root, key = keys.leaf.pem }: { runtime?: Runtime; trust?: string; key?: string } = {},
    row: EndpointFields = {},
  ) =>
  async (): Promise<Setup> => {
    // Node's own server refuses weak certificates at its usual security level.
    const options: TlsOptions = { cert: sent.join('\n'), key, ciphers: 'DEFAULT@SECLEVEL=0' }
    const { port } = await servePage(json({}), options)
    return { row: { port, clientProfile: { runtime, trust: { setting: trust } }, ...row } }
  }

const java = { runtime: 'java' } as const
const openssl = { runtime: 'openssl' } as const
const node = { runtime: 'node' } as const

const publicRoots: EndpointFields = { clientProfile: { trust: 'bundled' } }
const publishedLeaf = leafOf(replacing(issuerPlace('http://authority.test/intermediate.crt')))
const sha1Leaf = leafOf({ hash: 'sha1' })
const clientOnly = leafOf(replacing(purposes(clientPurpose)))
const anyUse = leafOf(replacing(purposes(anyPurpose)))
const noExchange = leafOf(replacing(certSignOnly))
const negativeSerial = leafOf({ serial: Buffer.from([0x80, 1, 2, 3, 4, 5, 6, 7]) })
const smallKey = rsaKey(1_000)
const unknownCritical: Extension = { id: '1.3.6.1.4.1.99999.1', isCritical: true, value: Buffer.from([0x05, 0]) }
const selfSigned = customCertificate({
  subject: name,
  key: keys.leaf,
  issuer: { name, key: keys.leaf },
  extensions: serverExtensions,
})
const restricted = (constraints: Parameters<typeof nameConstraints>[0]): string =>
  intermediateOf({ extensions: [basicConstraints(true), signing, nameConstraints(constraints)] })

export const chains: readonly Case[] = [
  fault('tls.incomplete-chain', 'a certificate without its intermediate, and a trusted root', sending([leaf]), {
    near: ['tls.untrusted'],
  }),
  fault('tls.incomplete-chain', 'a certificate without its intermediate, for Java', sending([leaf], java)),
  fault('tls.incomplete-chain', 'a certificate without its intermediate, for OpenSSL', sending([leaf], openssl)),
  fault('tls.incomplete-chain', 'a certificate with the intermediate of another server', sending([leaf, lowerOf()])),
  fault(
    'tls.incomplete-chain',
    'a certificate without its intermediate, which it says is published, and public roots',
    sending([publishedLeaf], {}, publicRoots),
    { near: ['tls.untrusted'] },
  ),
  fault(
    'tls.untrusted',
    'a certificate of a private authority, sent alone, and public roots',
    sending([leafOf({}, 'root')], {}, publicRoots),
    { near: ['tls.incomplete-chain'] },
  ),
  fine(['tls.incomplete-chain', 'tls.untrusted'], 'a whole chain without its root', sending([leaf, intermediate])),
  fine(
    ['tls.incomplete-chain'],
    'a certificate that the trusted root signed itself, sent alone',
    sending([leafOf({}, 'root')]),
  ),
  fine(
    ['tls.incomplete-chain', 'tls.untrusted'],
    'a chain in the wrong order',
    sending([leafOf({}, 'lower'), intermediate, lowerOf()]),
  ),
  fault(
    'tls.untrusted',
    'a whole chain of an unknown root, which is not sent',
    sending([leaf, intermediate], { trust: rootOf({ key: keys.other }) }),
    { near: ['tls.incomplete-chain'] },
  ),
  fault('tls.untrusted', 'a self-signed certificate, for Java', sending([selfSigned], java), {
    near: ['tls.incomplete-chain'],
  }),

  fault('tls.other-runtimes', 'an intermediate as trust', sending([leaf, intermediate], { trust: intermediate }), {
    near: ['tls.untrusted', 'tls.partial-trust'],
  }),
  fault(
    'tls.other-runtimes',
    'an intermediate as trust, for Java',
    sending([leaf, intermediate], { ...java, trust: intermediate }),
    { near: ['tls.untrusted', 'tls.partial-trust'] },
  ),
  fault(
    'tls.other-runtimes',
    'an intermediate as trust that the server does not send',
    sending([leaf], { trust: intermediate }),
    {
      near: ['tls.incomplete-chain'],
    },
  ),
  fault('tls.other-runtimes', 'the certificate of the server as trust', sending([leaf], { trust: leaf }), {
    near: ['tls.incomplete-chain', 'tls.partial-trust'],
  }),
  fault(
    'tls.partial-trust',
    'an intermediate as trust, for OpenSSL',
    sending([leaf, intermediate], { ...openssl, trust: intermediate }),
    {
      near: ['tls.untrusted', 'tls.other-runtimes'],
    },
  ),
  fault(
    'tls.partial-trust',
    'an intermediate as trust, for Node.js',
    sending([leaf, intermediate], { ...node, trust: intermediate }),
  ),
  fine(
    ['tls.partial-trust', 'tls.other-runtimes'],
    'a self-signed certificate of the server as trust, for OpenSSL',
    sending([selfSigned], { ...openssl, trust: selfSigned }),
  ),

  fault('tls.usage', 'a certificate for clients alone', sending([clientOnly, intermediate]), {
    near: ['tls.untrusted'],
  }),
  fault('tls.usage', 'a certificate for clients alone, for Java', sending([clientOnly, intermediate], java)),
  fault('tls.usage', 'a certificate for clients alone, for OpenSSL', sending([clientOnly, intermediate], openssl)),
  fault(
    'tls.usage',
    'an intermediate that is no authority',
    sending([leaf, intermediateOf({ extensions: [basicConstraints(false), digitalSignature] })]),
    { near: ['tls.untrusted', 'tls.incomplete-chain'] },
  ),
  fault(
    'tls.usage',
    'more intermediates than an authority allows',
    sending([leafOf({}, 'lower'), lowerOf(), intermediateOf({ extensions: [basicConstraints(true, 0), signing] })]),
  ),
  fault(
    'tls.usage',
    'an intermediate for clients alone',
    sending([leaf, intermediateOf({ extensions: [basicConstraints(true), signing, purposes(clientPurpose)] })]),
  ),
  fault(
    'tls.other-runtimes',
    'an intermediate for clients alone, for Java',
    sending([leaf, intermediateOf({ extensions: [basicConstraints(true), signing, purposes(clientPurpose)] })], java),
    { near: ['tls.usage'] },
  ),
  fault('tls.other-runtimes', 'a certificate for any use', sending([anyUse, intermediate]), { near: ['tls.usage'] }),
  fault('tls.usage', 'a certificate for any use, for OpenSSL', sending([anyUse, intermediate], openssl)),
  fault(
    'tls.other-runtimes',
    'a certificate whose key is for signing certificates alone',
    sending([noExchange, intermediate]),
    {
      near: ['tls.usage'],
    },
  ),
  fault(
    'tls.usage',
    'a certificate whose key is for signing certificates alone, for Java',
    sending([noExchange, intermediate], java),
  ),
  fine(
    ['tls.usage', 'tls.other-runtimes'],
    'a certificate for servers and clients',
    sending([leafOf(replacing(purposes(serverPurpose, clientPurpose))), intermediate]),
  ),
  fine(
    ['tls.usage'],
    'as many intermediates as an authority allows',
    sending([leafOf({}, 'lower'), lowerOf(), intermediateOf({ extensions: [basicConstraints(true, 1), signing] })]),
  ),

  fault(
    'tls.name-constraint',
    'an authority that may sign for another domain alone',
    sending([leaf, restricted({ permitted: ['other.test'] })]),
    { near: ['tls.name', 'tls.untrusted'] },
  ),
  fault(
    'tls.name-constraint',
    'an authority that may not sign for the domain, for Java',
    sending([leaf, restricted({ excluded: ['hangar.test'] })], java),
    { near: ['tls.name'] },
  ),
  fault(
    'tls.name-constraint',
    'an authority that may not sign for the domain, for OpenSSL',
    sending([leaf, restricted({ excluded: ['hangar.test'] })], openssl),
  ),
  fine(
    ['tls.name-constraint', 'tls.other-runtimes'],
    'an authority that may sign for the domain alone',
    sending([leaf, restricted({ permitted: ['hangar.test'] })]),
  ),

  fault('tls.weak-signature', 'a certificate that is signed with SHA-1', sending([sha1Leaf, intermediate]), {
    near: ['tls.untrusted', 'tls.weak-key'],
  }),
  fault(
    'tls.weak-signature',
    'a certificate that is signed with SHA-1, for OpenSSL',
    sending([sha1Leaf, intermediate], openssl),
  ),
  fault(
    'tls.weak-signature',
    'an intermediate that is signed with MD5, for Java',
    sending([leaf, intermediateOf({ hash: 'md5' })], java),
  ),
  fault(
    'tls.other-runtimes',
    'a certificate that is signed with SHA-1, for Java',
    sending([sha1Leaf, intermediate], java),
    {
      near: ['tls.weak-signature'],
    },
  ),
  fine(
    ['tls.weak-signature', 'tls.other-runtimes'],
    'a trusted root that is signed with SHA-1',
    sending([leaf, intermediate], { trust: rootOf({ hash: 'sha1' }) }),
  ),

  fault('tls.chain-expired', 'an expired intermediate', sending([leaf, intermediateOf({ notAfter: inDays(-2) })]), {
    near: ['tls.expired', 'tls.root-expired'],
  }),
  fault(
    'tls.chain-expired',
    'an expired intermediate, for Java',
    sending([leaf, intermediateOf({ notAfter: inDays(-2) })], java),
  ),
  fault(
    'tls.expired',
    'an expired certificate of an intermediate',
    sending([leafOf({ notBefore: inDays(-9), notAfter: inDays(-2) }), intermediate]),
    { near: ['tls.chain-expired'] },
  ),
  fine(
    ['tls.chain-expired'],
    'an expired intermediate beside a current one with the same key',
    sending([leaf, intermediateOf({ notAfter: inDays(-2) }), intermediate]),
  ),
  fault(
    'tls.root-expired',
    'an expired trusted root',
    sending([leaf, intermediate], { trust: rootOf({ notAfter: inDays(-2) }) }),
    {
      near: ['tls.expired', 'tls.chain-expired'],
    },
  ),
  fault(
    'tls.root-expired',
    'an expired trusted root, for OpenSSL',
    sending([leaf, intermediate], { ...openssl, trust: rootOf({ notAfter: inDays(-2) }) }),
  ),
  fine(
    ['tls.root-expired'],
    'an expired trusted root, for Java',
    sending([leaf, intermediate], { ...java, trust: rootOf({ notAfter: inDays(-2) }) }),
  ),
  fine(
    ['tls.root-expired'],
    'an expired and a current trusted root with the same key',
    sending([leaf, intermediate], { trust: `${rootOf({ notAfter: inDays(-2) })}${root}` }),
  ),

  fault('tls.malformed', 'a negative serial number', sending([negativeSerial, intermediate]), {
    near: ['tls.untrusted'],
  }),
  fault(
    'tls.malformed',
    'a critical extension that nobody knows, for Java',
    sending([leafOf(replacing(unknownCritical)), intermediate], java),
  ),
  fault(
    'tls.malformed',
    'a critical extension that nobody knows',
    sending([leafOf(replacing(unknownCritical)), intermediate]),
  ),
  fault('tls.other-runtimes', 'a negative serial number, for Java', sending([negativeSerial, intermediate], java), {
    near: ['tls.malformed'],
  }),
  fine(
    ['tls.malformed'],
    'an extension that nobody knows and that is not critical',
    sending([leafOf(replacing({ ...unknownCritical, isCritical: false })), intermediate]),
  ),

  fault(
    'tls.weak-key',
    'an RSA key of 1000 bits',
    sending([leafOf({ key: smallKey }), intermediate], { key: smallKey.pem }),
  ),
  fault(
    'tls.other-runtimes',
    'an RSA key of 1024 bits',
    (() => {
      const short = rsaKey(1_024)
      return sending([leafOf({ key: short }), intermediate], { key: short.pem })
    })(),
    { near: ['tls.weak-key'] },
  ),
  fault(
    'tls.name',
    'a name that is only the common name',
    sending([leafOf({ extensions: serverExtensions.filter(({ id }) => id !== '2.5.29.17') }), intermediate]),
    { near: ['tls.other-runtimes'] },
  ),
  fault(
    'tls.other-runtimes',
    'a name that is only the common name, for Java',
    sending([leafOf({ extensions: serverExtensions.filter(({ id }) => id !== '2.5.29.17') }), intermediate], java),
    { near: ['tls.name'] },
  ),
]
