const memory = { bytes: Buffer.alloc(0), words: new Uint32Array() }

/**
 * The bytes with ASCII letters in lower case, in memory that serves the next call too. Four bytes at a time: a search does this
 * for each block that it reads, and strings would be garbage of twice the size of the store.
 */
export function toLowerCase(bytes: Buffer): Buffer {
  const count = Math.ceil(bytes.length / 4)
  if (count > memory.words.length) {
    const buffer = new ArrayBuffer(count * 8)
    memory.bytes = Buffer.from(buffer)
    memory.words = new Uint32Array(buffer)
  }
  const { words } = memory
  bytes.copy(memory.bytes)
  for (let index = 0; index < count; index += 1) {
    const word = words[index] ?? 0
    const ascii = word & 0x7f7f7f7f
    // The highest bit of each byte: from "A" on, and after "Z". No sum reaches the next byte.
    const isCapital = (ascii + 0x3f3f3f3f) & ~(ascii + 0x25252525) & ~word & 0x80808080
    words[index] = word | (isCapital >>> 2)
  }
  return memory.bytes.subarray(0, bytes.length)
}
