/** An entry of a tar archive. */
export interface TarEntry {
  readonly path: string
  /** Anything that is neither a file nor a folder: a link, a device, a pipe. */
  readonly kind: 'file' | 'folder' | 'other'
  readonly content: Buffer
}

export const tarBlockBytes = 512
const blockBytes = tarBlockBytes

/** `0`, an old NUL and `7` (contiguous) are files, `5` is a folder (pax(1), ustar). */
const kinds: Readonly<Record<string, TarEntry['kind']>> = { '0': 'file', '\0': 'file', '7': 'file', '5': 'folder' }

/**
 * The entries of an archive in the ustar, pax or GNU format, in their order. Throws RangeError or SyntaxError if it is damaged.
 * Two implementations must not read an archive differently, so whatever is unusual is an error. Pure.
 */
export function* tarEntries(archive: Buffer): Generator<TarEntry> {
  let offset = 0
  let longPath: string | undefined
  for (;;) {
    const header = archive.subarray(offset, offset + blockBytes)
    if (header.length < blockBytes) throw new RangeError('the archive ends without its end mark')
    if (header.every((byte) => byte === 0)) return
    const { size, type, path } = readTarHeader(header)
    const content = archive.subarray(offset + blockBytes, offset + blockBytes + size)
    if (content.length < size) throw new RangeError('the archive ends within a file')
    offset += blockBytes + Math.ceil(size / blockBytes) * blockBytes
    if (type === 'L' || type === 'x') {
      // Programs differ in which of two names counts.
      if (longPath !== undefined) throw new SyntaxError('an entry has two names')
      longPath = longTarPath(type, content)
    } else if (type !== 'g') {
      // Some programs read what follows the header of a folder as the next entries.
      if (kinds[type] === 'folder' && size > 0) throw new SyntaxError('a folder has content')
      yield { path: longPath ?? path, kind: kinds[type] ?? 'other', content }
      longPath = undefined
    }
  }
}

/** What the header of an entry says, apart from a long name: that is an entry before it. Throws SyntaxError. */
export function readTarHeader(header: Buffer): { readonly size: number; readonly type: string; readonly path: string } {
  if (header.length < blockBytes) throw new SyntaxError('the archive ends within a header')
  checkSum(header)
  const type = String.fromCharCode(header[156] ?? 0)
  return { size: number(header, 124, 12), type, path: shortPath(header) }
}

/** The name that an entry of type `L` (GNU) or `x` (pax) gives the next one. Throws SyntaxError. */
export const longTarPath = (type: 'L' | 'x', content: Buffer): string | undefined =>
  type === 'L' ? text(content) : paxPath(content)

export const isTarFile = (type: string): boolean => kinds[type] === 'file'

function checkSum(header: Buffer): void {
  let sum = 8 * 0x20 // the field itself counts as spaces
  for (const [index, byte] of header.entries()) if (index < 148 || index >= 156) sum += byte
  if (number(header, 148, 8) !== sum) throw new SyntaxError('a header has a wrong checksum')
}

/** Octal digits. GNU's base-256 is for files of 8 GiB and more. */
function number(header: Buffer, start: number, length: number): number {
  const digits = header.toString('latin1', start, start + length).replaceAll(/[\0 ]/g, '')
  if (!/^[0-7]*$/.test(digits)) throw new SyntaxError('a header has an invalid number')
  return digits === '' ? 0 : Number.parseInt(digits, 8)
}

function shortPath(header: Buffer): string {
  const name = text(header.subarray(0, 100))
  const isUstar = header.toString('latin1', 257, 262) === 'ustar' && header[262] === 0
  const prefix = isUstar ? text(header.subarray(345, 500)) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

const text = (bytes: Buffer): string => {
  const end = bytes.indexOf(0)
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end)
}

/** The path of a pax extended header: records of `LENGTH KEY=VALUE\n`. */
function paxPath(content: Buffer): string | undefined {
  let path: string | undefined
  for (let offset = 0; offset < content.length; ) {
    const space = content.indexOf(0x20, offset)
    const length = Number(content.toString('latin1', offset, space))
    const end = offset + length
    if (space === -1 || !(length > space - offset + 1) || content[end - 1] !== 0x0a)
      throw new SyntaxError('a pax header is damaged')
    const record = content.toString('utf8', space + 1, end - 1)
    const [key = ''] = record.split('=', 1)
    // A second size, or sparse files, would change what the next entries are.
    if (key === 'size' || key.startsWith('GNU.sparse')) throw new SyntaxError(`a pax header sets ${key}`)
    if (key === 'path') path = record.slice(key.length + 1)
    offset = end
  }
  return path
}

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`

/** The largest size that a ustar header can express. */
export const tarFileLimitBytes = 8 ** 11 - 1

/**
 * The header of a file (POSIX.1-1988, ustar): mode 0644, owner 0, time 0, so that the same file always has the same bytes. Throws
 * RangeError for a path or a size that ustar cannot express. Pure.
 */
export function tarHeader(path: string, size: number): Buffer {
  if (size > tarFileLimitBytes) throw new RangeError('the file is larger than 8 GiB')
  const header = Buffer.alloc(blockBytes)
  const [prefix, name] = splitPath(path)
  header.write(name, 0)
  header.write(octal(0o644, 8), 100)
  header.write(octal(0, 8), 108)
  header.write(octal(0, 8), 116)
  header.write(octal(size, 12), 124)
  header.write(octal(0, 12), 136)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\u000000', 257)
  header.write(prefix, 345)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** What follows the content of a file up to the next header. */
export const tarPadding = (size: number): number => (blockBytes - (size % blockBytes)) % blockBytes

/** The end mark of an archive. */
export const tarEnd = Buffer.alloc(2 * blockBytes)

function splitPath(path: string): readonly [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= 100) return ['', path]
  const cut = path.lastIndexOf('/', 155)
  const [prefix, name] = [path.slice(0, Math.max(0, cut)), path.slice(cut + 1)]
  if (cut < 1 || Buffer.byteLength(name) > 100 || Buffer.byteLength(prefix) > 155)
    throw new RangeError('the path is too long')
  return [prefix, name]
}
