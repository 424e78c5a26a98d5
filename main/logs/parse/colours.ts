const escapeByte = 0x1b

/** The bytes without control sequences of terminals (CSI: `ESC [ … letter`), which hide the start of a line. */
export function withoutColours(bytes: Buffer): Buffer {
  const plain = Buffer.allocUnsafe(bytes.length)
  let length = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === escapeByte && bytes[at + 1] === 0x5b) {
      const end = sequenceEnd(bytes, at + 2)
      if (end !== -1) {
        at = end
        continue
      }
    }
    plain[length] = byte
    length += 1
  }
  return plain.subarray(0, length)
}

const maxSequenceBytes = 40

/** Index of the final byte of a sequence; -1 where it is none. */
function sequenceEnd(bytes: Buffer, start: number): number {
  for (let at = start; at < bytes.length && at < start + maxSequenceBytes; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte >= 0x40 && byte <= 0x7e) return at
    if (byte < 0x20 || byte > 0x3f) return -1
  }
  return -1
}
