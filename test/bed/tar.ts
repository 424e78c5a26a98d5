/** An entry of a tar archive. A folder's path ends with `/`. */
export type TarEntry = {
  readonly path: string
  readonly data?: Uint8Array
  readonly link?: string
  /** Permission bits; 0o755 for programs. */
  readonly mode?: number
}

const blockBytes = 512

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`

/** A ustar header (POSIX.1-1988, "pax Interchange Format", the ustar part). Owner root, time 0: the same bytes always. */
const header = ({ path, data, link, mode }: TarEntry): Buffer => {
  const block = Buffer.alloc(blockBytes)
  let name = path
  let prefix = ''
  if (Buffer.byteLength(path) > 100) {
    const cut = path.lastIndexOf('/', Math.min(path.length - 2, 155))
    prefix = path.slice(0, cut)
    name = path.slice(cut + 1)
    if (Buffer.byteLength(name) > 100 || Buffer.byteLength(prefix) > 155) throw new Error(`Path too long: ${path}`)
  }
  const type = link !== undefined ? '2' : path.endsWith('/') ? '5' : '0'
  block.write(name, 0)
  block.write(octal(mode ?? (type === '0' ? 0o644 : 0o755), 8), 100)
  block.write(octal(0, 8), 108)
  block.write(octal(0, 8), 116)
  block.write(octal(data?.length ?? 0, 12), 124)
  block.write(octal(0, 12), 136)
  block.write('        ', 148)
  block.write(type, 156)
  block.write(link ?? '', 157)
  block.write('ustar\u000000', 257)
  block.write(prefix, 345)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

/** A tar archive of the entries, in their order. */
export const tar = (entries: readonly TarEntry[]): Buffer => {
  const parts: Uint8Array[] = []
  for (const entry of entries) {
    const data = entry.data ?? Buffer.alloc(0)
    parts.push(header(entry), data, Buffer.alloc((blockBytes - (data.length % blockBytes)) % blockBytes))
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)])
}
