import type { NameConstraints } from './extensions.ts'

/** Host names and addresses of a certificate. */
interface Names {
  readonly dnsNames: readonly string[]
  readonly addresses: readonly string[]
}

/**
 * The first name that the constraints of an authority do not allow (RFC 5280 §4.2.1.10); undefined when they allow all of them.
 */
export function disallowedName(
  { dnsNames, addresses }: Names,
  { permitted, excluded }: NameConstraints,
): string | undefined {
  const isOutside = (name: string): boolean =>
    (permitted.dns.length > 0 && !permitted.dns.some((base) => isBelow(name, base))) ||
    excluded.dns.some((base) => isBelow(name, base) || isAbove(name, base))
  const isAddressOutside = (address: string): boolean =>
    (permitted.addresses.length > 0 && !permitted.addresses.some((range) => isInRange(address, range))) ||
    excluded.addresses.some((range) => isInRange(address, range))
  return (
    dnsNames.find((name) => isOutside(name.toLowerCase())) ?? addresses.filter(isAddressOutside).map(showAddress)[0]
  )
}

/** `.example.com` allows subdomains alone, `example.com` also the domain itself, and an empty constraint every name. */
function isBelow(name: string, base: string): boolean {
  if (base === '') return true
  if (base.startsWith('.')) return name.endsWith(base)
  return name === base || name.endsWith(`.${base}`)
}

/** A wildcard reaches into an excluded domain. */
const isAbove = (name: string, base: string): boolean =>
  name.startsWith('*.') && base.replace(/^\./, '').replace(/^[^.]+/, '*') === name

/** Both in hexadecimal; a range is an address and a mask of its length. */
function isInRange(address: string, range: string): boolean {
  if (range.length !== 2 * address.length) return false
  const [bytes, base, mask] = [address, range.slice(0, address.length), range.slice(address.length)].map((hex) =>
    Buffer.from(hex, 'hex'),
  )
  if (bytes === undefined || base === undefined || mask === undefined) return false
  return bytes.every((byte, index) => ((byte ^ (base[index] ?? 0)) & (mask[index] ?? 0)) === 0)
}

const showAddress = (hex: string): string =>
  hex.length === 8 ? [...Buffer.from(hex, 'hex')].join('.') : hex.replace(/(.{4})(?=.)/g, '$1:')
