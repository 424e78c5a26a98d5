const escapeByte = 0x1b

/** The bytes without control sequences of terminals (ECMA-48), which hide the start of a line. */
export function withoutColours(bytes: Buffer): Buffer {
  const plain = Buffer.allocUnsafe(bytes.length)
  let length = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === escapeByte) {
      const end = sequenceEnd(bytes, at + 1)
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
const maxLinkBytes = 2_000

/** Index of the last byte of the sequence whose second byte is at `start`; -1 where it is none. */
function sequenceEnd(bytes: Buffer, start: number): number {
  if (bytes[start] === 0x5b) return controlEnd(bytes, start + 1)
  if (bytes[start] === 0x5d) return linkEnd(bytes, start + 1)
  // The choice of a character set, which `tput sgr0` prints with each reset.
  return bytes[start] === 0x28 && start + 1 < bytes.length ? start + 1 : -1
}

/** A link or a title ends with BEL or `ESC \\`. */
function linkEnd(bytes: Buffer, start: number): number {
  for (let at = start; at < bytes.length && at < start + maxLinkBytes; at += 1) {
    if (bytes[at] === 0x07) return at
    if (bytes[at] === escapeByte) return bytes[at + 1] === 0x5c ? at + 1 : -1
    if (bytes[at] === 0x0a) return -1
  }
  return -1
}

/** `ESC [ … letter`: colours. */
function controlEnd(bytes: Buffer, start: number): number {
  for (let at = start; at < bytes.length && at < start + maxSequenceBytes; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte >= 0x40 && byte <= 0x7e) return at
    if (byte < 0x20 || byte > 0x3f) return -1
  }
  return -1
}
