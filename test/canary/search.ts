import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'

/** A place that contains a secret, and in which form. */
export interface Leak {
  readonly where: string
  readonly form: string
}

/** Each unencrypted form of a secret. */
function formsOf(secret: string): readonly (readonly [string, Buffer])[] {
  const bytes = Buffer.from(secret)
  // Base64 depends on the secret's offset in a group of three bytes: the middle of each of the three forms is searched for.
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    return text.slice(
      Math.ceil((offset * 4) / 3) + (offset === 0 ? 0 : 1),
      Math.floor(((offset + bytes.length) * 4) / 3) - 1,
    )
  })
  return [
    ['raw', bytes],
    ['UTF-16', Buffer.from(secret, 'utf16le')],
    ['reversed', Buffer.from([...secret].reverse().join(''))],
    ['hexadecimal', Buffer.from(bytes.toString('hex'))],
    ['URL-encoded', Buffer.from(encodeURIComponent(secret))],
    ...base64.flatMap((text) => [
      ['base64', Buffer.from(text)] as const,
      ['base64url', Buffer.from(text.replaceAll('+', '-').replaceAll('/', '_'))] as const,
    ]),
  ]
}

const inflaters: readonly (readonly [string, Buffer | undefined, (bytes: Buffer) => Buffer])[] = [
  ['gzip', Buffer.from([0x1f, 0x8b]), (bytes) => gunzipSync(bytes, { maxOutputLength: 50_000_000 })],
  [
    'zstd',
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
    (bytes) => zstdDecompressSync(bytes, { maxOutputLength: 50_000_000 }),
  ],
  ['zlib', Buffer.from([0x78]), (bytes) => inflateSync(bytes, { maxOutputLength: 50_000_000 })],
  ['brotli', undefined, (bytes) => brotliDecompressSync(bytes, { maxOutputLength: 50_000_000 })],
  ['deflate', undefined, (bytes) => inflateRawSync(bytes, { maxOutputLength: 50_000_000 })],
]
const maxStarts = 200

/** Every form of every secret in these bytes, also in compressed parts and in base64 of them. */
export function findSecrets(bytes: Buffer, where: string, secrets: readonly string[], depth = 0): Leak[] {
  const found = secrets.flatMap((secret) =>
    formsOf(secret).flatMap(([form, needle]) => (needle.length > 7 && bytes.includes(needle) ? [{ where, form }] : [])),
  )
  if (found.length > 0 || depth >= 3) return found
  return unpacked(bytes).flatMap(([form, inner]) => findSecrets(inner, `${where} → ${form}`, secrets, depth + 1))
}

function unpacked(bytes: Buffer): (readonly [string, Buffer])[] {
  const inner: (readonly [string, Buffer])[] = []
  for (const [name, magic, inflate] of inflaters) {
    const starts = magic === undefined ? [0] : startsOf(bytes, magic)
    for (const start of starts) {
      try {
        inner.push([name, inflate(bytes.subarray(start))])
      } catch {
        // Not compressed in this format, or truncated: nobody can read it.
      }
    }
  }
  for (const [text] of bytes.toString('latin1').matchAll(/[A-Za-z0-9+/_-]{40,}={0,2}/g))
    inner.push(['base64', Buffer.from(text, 'base64')])
  return inner
}

function startsOf(bytes: Buffer, magic: Buffer): number[] {
  const starts: number[] = []
  for (let at = bytes.indexOf(magic); at !== -1 && starts.length < maxStarts; at = bytes.indexOf(magic, at + 1))
    starts.push(at)
  return starts
}
