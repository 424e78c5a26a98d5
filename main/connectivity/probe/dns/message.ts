/** DNS messages (RFC 1035 §4), as far as a client needs them that asks for addresses. Pure. */

/** A and AAAA (RFC 3596), by address family. */
const typeOf = { 4: 1, 6: 28 } as const
const cnameType = 5
const optType = 41
const internetClass = 1
const headerBytes = 12
/** The size of an answer over UDP that the client accepts (RFC 6891 §6.2.3), as Go and BIND announce it. */
const udpPayloadBytes = 1_232
const labelLimitBytes = 63
const nameLimitBytes = 255
/** A chain of compressed names that points back to itself has no end. */
const pointerLimit = 64

export type Family = 4 | 6

/** An answer to a question for addresses. */
export interface DnsMessage {
  /** RFC 1035 §4.1.1; 0: no error, 2: SERVFAIL, 3: NXDOMAIN, 5: REFUSED. */
  readonly code: number
  /** It did not fit into a UDP packet: the whole answer is available over TCP. */
  readonly truncated: boolean
  /** An answer without records of a server that does not resolve names for clients. */
  readonly isReferral: boolean
  readonly addresses: readonly string[]
  /** The names that the queried name is an alias of (CNAME), in order. */
  readonly aliases: readonly string[]
}

/** The query for the addresses of one family; undefined when the name cannot be written in DNS. */
export function encodeQuery(name: string, family: Family, id: number): Buffer | undefined {
  const labels = name.replace(/\.$/, '').split('.')
  const encoded = labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')]))
  const question = Buffer.concat([...encoded, Buffer.from([0, 0, typeOf[family], 0, internetClass])])
  const isValid = labels.every((label) => label.length > 0 && label.length <= labelLimitBytes)
  if (!isValid || question.length - 4 > nameLimitBytes) return undefined
  const header = Buffer.alloc(headerBytes)
  header.writeUInt16BE(id, 0)
  header.writeUInt16BE(0x0100, 2) // recursion desired
  header.writeUInt16BE(1, 4) // one question
  header.writeUInt16BE(1, 10) // one additional record: OPT
  const opt = Buffer.from([0, 0, optType, udpPayloadBytes >> 8, udpPayloadBytes & 0xff, 0, 0, 0, 0, 0, 0])
  return Buffer.concat([header, question, opt])
}

/** Reads the answer to a query. `malformed`: it cannot be read. Undefined: it answers another query. */
export function readAnswer(bytes: Buffer, query: Buffer, family: Family): DnsMessage | 'malformed' | undefined {
  const isResponse = bytes.length >= headerBytes && (bytes.readUInt16BE(2) & 0x8000) !== 0
  if (!isResponse || bytes.readUInt16BE(0) !== query.readUInt16BE(0)) return undefined
  try {
    return parse(bytes, query, family)
  } catch {
    return 'malformed' // it ends too early, or points outside of itself
  }
}

function parse(bytes: Buffer, query: Buffer, family: Family): DnsMessage | 'malformed' | undefined {
  const flags = bytes.readUInt16BE(2)
  const code = flags & 0x000f
  const truncated = (flags & 0x0200) !== 0
  const isResolver = (flags & 0x0480) !== 0 // authoritative, or recursion available
  const [questions, records] = [bytes.readUInt16BE(4), bytes.readUInt16BE(6)]
  const asked = readName(query, headerBytes)
  let at = headerBytes
  // Servers that cannot read a query answer without its question.
  if (questions > 1 || (questions === 0 && code === 0)) return 'malformed'
  if (questions === 1) {
    const question = readName(bytes, at)
    if (question.name !== asked.name || bytes.readUInt16BE(question.end) !== typeOf[family]) return undefined
    at = question.end + 4
  }
  const found = readRecords(bytes, at, records, family, truncated)
  const isReferral = code === 0 && !isResolver && records === 0
  return { code, truncated, isReferral, addresses: found.addresses, aliases: chain(asked.name, found.aliases) }
}

interface Records {
  readonly addresses: readonly string[]
  /** Alias to its target. */
  readonly aliases: ReadonlyMap<string, string>
}

function readRecords(bytes: Buffer, start: number, count: number, family: Family, truncated: boolean): Records {
  const addresses: string[] = []
  const aliases = new Map<string, string>()
  for (let at = start, read = 0; read < count; read += 1) {
    // A truncated message may end within a record.
    if (truncated && at >= bytes.length) break
    const owner = readName(bytes, at)
    const type = bytes.readUInt16BE(owner.end)
    const length = bytes.readUInt16BE(owner.end + 8)
    const data = owner.end + 10
    if (data + length > bytes.length) {
      if (truncated) break
      throw new RangeError('a record ends outside of the message')
    }
    if (type === cnameType) aliases.set(owner.name, readName(bytes, data).name)
    if (type === typeOf[family]) addresses.push(readAddress(bytes.subarray(data, data + length), family))
    at = data + length
  }
  return { addresses, aliases }
}

function chain(asked: string, aliases: ReadonlyMap<string, string>): readonly string[] {
  const names: string[] = []
  for (let next = aliases.get(asked); next !== undefined && !names.includes(next); next = aliases.get(next))
    names.push(next)
  return names
}

/** A name in lower case without the root's dot, and where it ends; compressed names point backwards (§4.1.4). */
function readName(bytes: Buffer, start: number): { readonly name: string; readonly end: number } {
  const labels: string[] = []
  let end: number | undefined
  let at = start
  for (let pointers = 0; ; ) {
    const length = bytes.readUInt8(at)
    if ((length & 0xc0) === 0xc0) {
      end ??= at + 2
      at = bytes.readUInt16BE(at) & 0x3fff
      pointers += 1
      if (pointers > pointerLimit) throw new RangeError('a name points to itself')
    } else if (length === 0) {
      return { name: labels.join('.').toLowerCase(), end: end ?? at + 1 }
    } else {
      if (at + 1 + length > bytes.length || labels.length > nameLimitBytes) throw new RangeError('a name is too long')
      labels.push(bytes.toString('latin1', at + 1, at + 1 + length))
      at += 1 + length
    }
  }
}

function readAddress(data: Buffer, family: Family): string {
  if (data.length !== (family === 4 ? 4 : 16)) throw new RangeError('an address of another length')
  if (family === 4) return data.join('.')
  const groups = Array.from({ length: 8 }, (_, index) => data.readUInt16BE(2 * index).toString(16))
  // The URL parser shortens an address as RFC 5952 does.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}
