import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

/** The kind of host that an address belongs to. */
export type AddressKind = 'unspecified' | 'loopback' | 'blocked' | 'private' | 'public'

const blockList = (...subnets: readonly (readonly [string, number])[]): BlockList => {
  const list = new BlockList()
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, isIPv4(net) ? 'ipv4' : 'ipv6')
  return list
}

const ranges: readonly (readonly [AddressKind, BlockList])[] = [
  ['unspecified', blockList(['0.0.0.0', 8], ['::', 128])],
  ['loopback', blockList(['127.0.0.0', 8], ['::1', 128])],
  // Block pages of security vendors; each address is published by its vendor.
  ['blocked', blockList(['146.112.61.104', 29], ['72.5.65.111', 32], ['208.91.112.55', 32], ['208.91.112.53', 32])],
  [
    'private',
    blockList(
      ['10.0.0.0', 8],
      ['172.16.0.0', 12],
      ['192.168.0.0', 16],
      ['100.64.0.0', 10],
      ['169.254.0.0', 16],
      ['fc00::', 7],
      ['fe80::', 10],
    ),
  ],
]

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6')

export function addressKind(address: string): AddressKind {
  const [bare = ''] = address.replace(/^::ffff:(?=\d+\.)/i, '').split('%', 1)
  if (isIP(bare) === 0) return 'public'
  return ranges.find(([, list]) => list.check(bare, familyOf(bare)))?.[0] ?? 'public'
}

/** Whether an address is in one of the CIDR ranges. Invalid ranges contain nothing. */
export function inRanges(address: string, cidrs: readonly string[]): boolean {
  return cidrs.some((cidr) => {
    const [net = '', prefix = ''] = cidr.split('/')
    if (isIP(net) === 0 || familyOf(net) !== familyOf(address)) return false
    const bits = prefix === '' ? (isIPv4(net) ? 32 : 128) : Number(prefix)
    if (!Number.isInteger(bits) || bits < 0 || bits > (isIPv4(net) ? 32 : 128)) return false
    return blockList([net, bits]).check(address, familyOf(address))
  })
}

/** `host` without the brackets of an IPv6 literal. */
export function bareHost(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
}

/** `host:port` as a URL or a CONNECT line writes it. */
export function authority(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`
}

/** Names that always mean this machine (RFC 6761 §6.3). */
export function isLocalhost(host: string): boolean {
  return /^(?:.+\.)?localhost\.?$/i.test(host)
}

// RFC 1123 labels, with underscores as some private zones have them.
export const hostPattern =
  /^(?=.{1,254}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i
