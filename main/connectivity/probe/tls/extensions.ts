import { type DerValue, derChildren, derValues, objectIdentifier } from './der.ts'

/** What the rules of a TLS library read of a certificate and Node does not show (RFC 5280 §4). */
export interface CertificateDetails {
  /** An extension has another form than its standard; the fields below are then empty. */
  readonly isUnreadable: boolean
  /** The names of subject and issuer as bytes, in hexadecimal: chains are built by them. */
  readonly subject: string
  readonly issuer: string
  readonly isSerialNegative: boolean
  /** Only certificates of version 3 have any. */
  readonly hasExtensions: boolean
  readonly repeatedExtension: string | undefined
  /** Critical extensions that no TLS library knows. */
  readonly unknownCritical: readonly string[]
  /** The hash of the signature that the issuer made: `sha1`, `md5`, `md2`; empty for a stronger one. */
  readonly weakHash: string
  /** Absent: the certificate does not say whether it is an authority. */
  readonly basicConstraints: { readonly isAuthority: boolean; readonly pathLength: number | undefined } | undefined
  /** The bits of the key usage extension; undefined without it. */
  readonly keyUsage: number | undefined
  /** Purposes as object identifiers; empty: any. */
  readonly purposes: readonly string[]
  readonly dnsNames: readonly string[]
  /** Addresses as 4 or 16 bytes, in hexadecimal. */
  readonly addresses: readonly string[]
  readonly nameConstraints: NameConstraints | undefined
  /** Where the issuer's certificate is published (authority information access); empty without. */
  readonly issuerUrl: string
}

export interface NameConstraints {
  readonly isCritical: boolean
  readonly permitted: Subtrees
  readonly excluded: Subtrees
}
interface Subtrees {
  readonly dns: readonly string[]
  /** Address and mask, in hexadecimal. */
  readonly addresses: readonly string[]
  /** Constraints of other forms of a name, which say nothing about host names. */
  readonly others: number
}

/** Bits of the first byte of the key usage. */
export const keyUsageCertSign = 0x04
export const keyUsageOfServers = { signature: 0x80, encipherment: 0x20, agreement: 0x08 } as const

export const purposeServer = '1.3.6.1.5.5.7.3.1'
export const purposeAny = '2.5.29.37.0'
/** Server gated cryptography of Netscape and Microsoft, which OpenSSL and Java still accept for servers. */
export const purposesOfOldServers: readonly string[] = ['2.16.840.1.113730.4.1', '1.3.6.1.4.1.311.10.3.3']

/** Hashes by the object identifier of the signature algorithm. */
const weakHashes: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.2': 'md2',
  '1.2.840.113549.1.1.4': 'md5',
  '1.2.840.113549.1.1.5': 'sha1',
  '1.3.14.3.2.29': 'sha1',
  '1.2.840.10040.4.3': 'sha1',
  '1.2.840.10045.4.1': 'sha1',
}

/** Extensions that a TLS library processes, or may ignore although they are critical. */
const knownExtensions: ReadonlySet<string> = new Set([
  '2.5.29.14', // subject key identifier
  '2.5.29.15', // key usage
  '2.5.29.17', // subject alternative name
  '2.5.29.18', // issuer alternative name
  '2.5.29.19', // basic constraints
  '2.5.29.30', // name constraints
  '2.5.29.31', // CRL distribution points
  '2.5.29.32', // certificate policies
  '2.5.29.33', // policy mappings
  '2.5.29.35', // authority key identifier
  '2.5.29.36', // policy constraints
  '2.5.29.37', // extended key usage
  '2.5.29.54', // inhibit any policy
  '1.3.6.1.5.5.7.1.1', // authority information access
])

interface Extension {
  readonly id: string
  readonly isCritical: boolean
  readonly value: Buffer
}

const contextTag = (value: DerValue): number => value.tag & 0x1f

const unreadable: CertificateDetails = {
  isUnreadable: true,
  subject: '',
  issuer: '',
  isSerialNegative: false,
  hasExtensions: false,
  repeatedExtension: undefined,
  unknownCritical: [],
  weakHash: '',
  basicConstraints: undefined,
  keyUsage: undefined,
  purposes: [],
  dnsNames: [],
  addresses: [],
  nameConstraints: undefined,
  issuerUrl: '',
}

/** Reads a certificate in DER. */
export function readDetails(der: Buffer): CertificateDetails {
  try {
    return parseDetails(der)
  } catch (error) {
    if (error instanceof RangeError) return unreadable
    throw error
  }
}

function parseDetails(der: Buffer): CertificateDetails {
  const [body, algorithm] = derChildren(der)
  if (body === undefined || algorithm === undefined) throw new RangeError('not a certificate')
  const fields = derValues(body.content)
  // The version is left out in version 1.
  const [serial, , issuer, , subject] = fields[0]?.tag === 0xa0 ? fields.slice(1) : fields
  if (serial === undefined || issuer === undefined || subject === undefined) throw new RangeError('not a certificate')
  const extensions = extensionsOf(fields.find(({ tag }) => tag === 0xa3))
  const ids = extensions.map(({ id }) => id)
  const extensionValue = (id: string): Buffer | undefined => extensions.find((each) => each.id === id)?.value
  const names = generalNames(extensionValue('2.5.29.17'))
  const usage = extensionValue('2.5.29.15')
  return {
    isUnreadable: false,
    subject: subject.bytes.toString('hex'),
    issuer: issuer.bytes.toString('hex'),
    hasExtensions: ids.length > 0,
    isSerialNegative: (serial.content[0] ?? 0) >= 0x80,
    repeatedExtension: ids.find((id, index) => ids.indexOf(id) !== index),
    unknownCritical: extensions
      .filter(({ id, isCritical }) => isCritical && !knownExtensions.has(id))
      .map(({ id }) => id),
    weakHash: weakHashes[objectIdentifier(derValues(algorithm.content)[0]?.content ?? Buffer.alloc(0))] ?? '',
    basicConstraints: basicConstraints(extensionValue('2.5.29.19')),
    keyUsage: usage === undefined ? undefined : (derValues(usage)[0]?.content[1] ?? 0),
    purposes: derChildren(extensionValue('2.5.29.37') ?? Buffer.alloc(0)).map(({ content }) =>
      objectIdentifier(content),
    ),
    dnsNames: names.filter((name) => contextTag(name) === 2).map(({ content }) => content.toString('latin1')),
    addresses: names.filter((name) => contextTag(name) === 7).map(({ content }) => content.toString('hex')),
    nameConstraints: nameConstraints(extensions.find(({ id }) => id === '2.5.29.30')),
    issuerUrl: issuerUrl(extensionValue('1.3.6.1.5.5.7.1.1')),
  }
}

function extensionsOf(container: DerValue | undefined): readonly Extension[] {
  if (container === undefined) return []
  return derChildren(container.content).map(({ content }) => {
    const [id, ...rest] = derValues(content)
    return {
      id: objectIdentifier(id?.content ?? Buffer.alloc(0)),
      isCritical: rest.length > 1 && (rest[0]?.content[0] ?? 0) !== 0,
      value: rest.at(-1)?.content ?? Buffer.alloc(0),
    }
  })
}

function basicConstraints(value: Buffer | undefined): CertificateDetails['basicConstraints'] {
  if (value === undefined) return undefined
  const fields = derChildren(value)
  const length = fields.find(({ tag }) => tag === 0x02)?.content
  return {
    isAuthority: fields.some(({ tag, content }) => tag === 0x01 && content[0] !== 0),
    pathLength: length === undefined || length.length > 4 ? undefined : length.readUIntBE(0, length.length),
  }
}

const generalNames = (value: Buffer | undefined): readonly DerValue[] => (value === undefined ? [] : derChildren(value))

function nameConstraints(extension: Extension | undefined): NameConstraints | undefined {
  if (extension === undefined) return undefined
  const parts = derChildren(extension.value)
  const subtrees = (tag: number): Subtrees => {
    const part = parts.find((each) => contextTag(each) === tag)
    const bases =
      part === undefined ? [] : derValues(part.content).flatMap(({ content }) => derValues(content).slice(0, 1))
    return {
      dns: bases
        .filter((base) => contextTag(base) === 2)
        .map(({ content }) => content.toString('latin1').toLowerCase()),
      addresses: bases.filter((base) => contextTag(base) === 7).map(({ content }) => content.toString('hex')),
      others: bases.filter((base) => ![2, 7].includes(contextTag(base))).length,
    }
  }
  return { isCritical: extension.isCritical, permitted: subtrees(0), excluded: subtrees(1) }
}

function issuerUrl(value: Buffer | undefined): string {
  if (value === undefined) return ''
  const caIssuers = '1.3.6.1.5.5.7.48.2'
  for (const { content } of derChildren(value)) {
    const [method, place] = derValues(content)
    if (method === undefined || place === undefined || contextTag(place) !== 6) continue
    if (objectIdentifier(method.content) === caIssuers) return place.content.toString('latin1').slice(0, 200)
  }
  return ''
}
