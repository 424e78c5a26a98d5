/** A value in DER (ITU-T X.690): its tag, its content, and all of its bytes. */
export interface DerValue {
  readonly tag: number
  readonly content: Buffer
  readonly bytes: Buffer
}

/** The values that follow each other in DER bytes. Throws a RangeError where the bytes are not DER. */
export function derValues(bytes: Buffer): readonly DerValue[] {
  const values: DerValue[] = []
  for (let at = 0; at < bytes.length; ) {
    const { length, start } = lengthAt(bytes, at + 1)
    const end = start + length
    if (end > bytes.length) throw new RangeError('a DER value ends after its container')
    values.push({ tag: bytes[at] ?? 0, content: bytes.subarray(start, end), bytes: bytes.subarray(at, end) })
    at = end
  }
  return values
}

/** The length of a value, and where its content starts (§8.1.3). Four bytes are enough for any certificate. */
function lengthAt(bytes: Buffer, at: number): { readonly length: number; readonly start: number } {
  const first = bytes.readUInt8(at)
  if (first < 0x80) return { length: first, start: at + 1 }
  const size = first & 0x7f
  if (size === 0 || size > 4) throw new RangeError('a DER value has no definite length')
  return { length: bytes.readUIntBE(at + 1, size), start: at + 1 + size }
}

/** The values inside the only value of DER bytes. */
export const derChildren = (bytes: Buffer): readonly DerValue[] => derValues(derValues(bytes)[0]?.content ?? bytes)

/** An object identifier as dotted numbers (§8.19). */
export function objectIdentifier(content: Buffer): string {
  const arcs: number[] = []
  let value = 0
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f)
    if (byte >= 0x80) continue
    if (arcs.length === 0) {
      const first = Math.min(2, Math.floor(value / 40))
      arcs.push(first, value - 40 * first)
    } else arcs.push(value)
    value = 0
  }
  return arcs.join('.')
}
