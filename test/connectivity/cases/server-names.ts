import {
  alternativeNames,
  basicConstraints,
  customCertificate,
  keyUsage,
  purposes,
  rsaKey,
  serverPurpose,
} from '../../peers/certificate.ts'
import { name } from '../servers/serve.ts'
import { type Case, fault, fine, type Setup } from './case.ts'
import {
  intermediate,
  intermediateOf,
  keys,
  leaf,
  leafOf,
  type Runtime,
  replacing,
  rootOf,
  sending,
  serverExtensions,
  signing,
} from './chains.ts'

/** Names, anchors and keys of certificates that TLS libraries judge differently, and certificates that are not a service's. */

const named = (...names: readonly string[]): string => leafOf(replacing(alternativeNames(...names)))
const of = (names: readonly string[], runtime: Runtime): (() => Promise<Setup>) =>
  sending([named(...names), intermediate], { runtime })

const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000)
const own = (change: Partial<Parameters<typeof customCertificate>[0]> = {}): string =>
  customCertificate({
    subject: name,
    key: keys.leaf,
    issuer: { name, key: keys.leaf },
    extensions: serverExtensions,
    ...change,
  })
const ownAuthority = own({ extensions: [basicConstraints(true), signing, alternativeNames(name)] })
const ownExpired = own({ notBefore: inDays(-90), notAfter: inDays(-1) })
const noAuthority = rootOf({ extensions: [] })
const oldPathLength = rootOf({ extensions: [basicConstraints(true, 0), signing] })

/** A certificate that a server makes for itself. */
const selfMade = (subject: string, issuer = subject): string =>
  customCertificate({
    subject,
    key: keys.leaf,
    issuer: { name: issuer, key: keys.leaf },
    extensions: [
      basicConstraints(false),
      keyUsage(0xa0),
      purposes(serverPurpose),
      alternativeNames('ingress.local', subject),
    ],
  })
const renewed = rsaKey()
/** Of the same name as the intermediate, with another key. */
const renewedIntermediate = intermediateOf({ key: renewed })
const trustedDefault = selfMade(name, 'TRAEFIK DEFAULT CERT')
const renewedRoot = customCertificate({
  subject: 'Chain Root',
  key: renewed,
  issuer: { name: 'Chain Root', key: renewed },
  extensions: [basicConstraints(true), signing],
})

export const serverNames: readonly Case[] = [
  fault('tls.name', 'a name with a dot at its end in the certificate', of([`${name}.`], 'go'), {
    near: ['tls.other-runtimes'],
  }),
  fault('tls.name', 'a name with a dot at its end in the certificate, for Java', of([`${name}.`], 'java')),
  fault('tls.name', 'a name with a dot at its end in the certificate, for OpenSSL', of([`${name}.`], 'openssl')),
  fault(
    'tls.other-runtimes',
    'a name with a dot at its end in the certificate, for Node.js',
    of([`${name}.`], 'node'),
    {
      near: ['tls.name'],
    },
  ),
  fault('tls.name', 'a wildcard for a part of a label', of(['f*.hangar.test'], 'go')),
  fault('tls.other-runtimes', 'a wildcard for a part of a label, for Java', of(['f*.hangar.test'], 'java'), {
    near: ['tls.name'],
  }),
  fault('tls.name', 'a wildcard in the middle of a name', of(['far.*.test'], 'go')),
  fault('tls.other-runtimes', 'a wildcard in the middle of a name, for Java', of(['far.*.test'], 'java'), {
    near: ['tls.name'],
  }),
  fault('tls.name', 'a wildcard in the middle of a name, for OpenSSL', of(['far.*.test'], 'openssl')),
  fault('tls.name', 'a wildcard for everything, for Java', of(['*'], 'java')),
  fault('tls.name', 'a wildcard for the last label, for Java', of(['far.hangar.*'], 'java')),
  fine(['tls.name'], 'a name in upper case in the certificate', of(['FAR.Hangar.Test'], 'go')),
  fine(['tls.name', 'tls.malformed'], 'names that are none beside the right one', of(['', 'a b', name], 'go')),
  fault(
    'tls.other-runtimes',
    'a wildcard for a top-level domain',
    sending([named('*.test'), intermediate], {}, { serverName: 'hangar.test' }),
    { near: ['tls.name'] },
  ),
  fault(
    'tls.name',
    'a wildcard for a top-level domain, for Node.js',
    sending([named('*.test'), intermediate], { runtime: 'node' }, { serverName: 'hangar.test' }),
  ),

  fault('tls.usage', 'a trusted root that is no authority', sending([leaf, intermediate], { trust: noAuthority }), {
    near: ['tls.untrusted'],
  }),
  fault(
    'tls.usage',
    'a trusted root that is no authority, for Java',
    sending([leaf, intermediate], { trust: noAuthority, runtime: 'java' }),
  ),
  fault(
    'tls.usage',
    'a trusted root that allows no authorities below itself',
    sending([leaf, intermediate], { trust: oldPathLength }),
  ),
  fault(
    'tls.other-runtimes',
    'a trusted root that allows no authorities below itself, for Java',
    sending([leaf, intermediate], { trust: oldPathLength, runtime: 'java' }),
    { near: ['tls.usage'] },
  ),
  fault(
    'tls.other-runtimes',
    'a trusted certificate of the server that may sign certificates alone, for Java',
    sending([ownAuthority], { trust: ownAuthority, runtime: 'java' }),
    { near: ['tls.usage'] },
  ),
  fault(
    'tls.usage',
    'a trusted certificate of the server that may sign certificates alone, for Node.js',
    sending([ownAuthority], { trust: ownAuthority, runtime: 'node' }),
  ),
  fault('tls.expired', 'an expired trusted certificate of the server', sending([ownExpired], { trust: ownExpired })),
  fine(
    ['tls.expired', 'tls.root-expired'],
    'an expired trusted certificate of the server, for Java',
    sending([ownExpired], { trust: ownExpired, runtime: 'java' }),
  ),
  fault(
    'tls.malformed',
    'a certificate with two lists of names, for Java',
    sending([leafOf({ extensions: [...serverExtensions, alternativeNames('other.hangar.test')] }), intermediate], {
      runtime: 'java',
    }),
  ),

  fault(
    'tls.incomplete-chain',
    'an intermediate of the right name that was renewed with another key',
    sending([leaf, renewedIntermediate]),
    { near: ['tls.untrusted'] },
  ),
  fault(
    'tls.incomplete-chain',
    'an intermediate of the right name that was renewed with another key, for Java',
    sending([leaf, renewedIntermediate], { runtime: 'java' }),
  ),
  fine(
    ['tls.incomplete-chain', 'tls.untrusted'],
    'both intermediates of the same name',
    sending([leaf, renewedIntermediate, intermediate]),
  ),
  fault(
    'tls.untrusted',
    'a trusted root of the right name that was renewed with another key',
    sending([leaf, intermediate], { trust: renewedRoot }),
    { near: ['tls.incomplete-chain'] },
  ),

  fault(
    'tls.default-certificate',
    'ingress-nginx without a certificate for the host',
    sending([selfMade('Kubernetes Ingress Controller Fake Certificate')]),
    { near: ['tls.untrusted', 'tls.name'] },
  ),
  fault(
    'tls.default-certificate',
    'Traefik without a certificate for the host',
    sending([selfMade('TRAEFIK DEFAULT CERT')]),
  ),
  fault(
    'tls.default-certificate',
    'the temporary certificate of cert-manager',
    sending([selfMade(name, 'cert-manager.local')]),
    { near: ['tls.incomplete-chain'] },
  ),
  fault(
    'tls.untrusted',
    'a server’s own certificate that is no default of a product',
    sending([selfMade('Ingress of the platform')]),
    { near: ['tls.default-certificate'] },
  ),
  fault(
    'tls.other-runtimes',
    'a default certificate that the endpoint trusts for its name',
    sending([trustedDefault], { trust: trustedDefault }),
    { near: ['tls.default-certificate'] },
  ),
]
