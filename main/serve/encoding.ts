import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

export type Encoding = 'br' | 'gzip' | 'identity'

/** Below this a header costs more than it saves. */
const worthwhileBytes = 1_024

/** Fast enough to be done on the first request, and within a few percent of the best. */
const brotliQuality = 6

const brotli = promisify(brotliCompress)
const zip = promisify(gzip)

/** The best encoding that a browser takes and that helps a body of this type. Images are compressed already. */
export function chooseEncoding(accepted: string | undefined, type: string, bytes: number): Encoding {
  if (bytes < worthwhileBytes || /^image\/(?!svg)|^font\//.test(type)) return 'identity'
  const names = (accepted ?? '')
    .split(',')
    .map((item) => item.trim().toLowerCase())
    .filter((item) => !/;\s*q=0(\.0*)?$/.test(item))
    .map((item) => item.split(';')[0])
  if (names.includes('br')) return 'br'
  return names.includes('gzip') ? 'gzip' : 'identity'
}

/** Compressed bodies of built files, by path: their names change with their content, and there are few of them. */
export function createCompressor() {
  const kept = new Map<string, Promise<Buffer>>()
  const compress = (body: Buffer, encoding: Encoding): Promise<Buffer> | Buffer => {
    if (encoding === 'identity') return body
    if (encoding === 'gzip') return zip(body)
    return brotli(body, {
      params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
    })
  }
  /** `name` is undefined for what differs each time. */
  return (name: string | undefined, body: Buffer, encoding: Encoding): Promise<Buffer> | Buffer => {
    if (name === undefined || encoding === 'identity') return compress(body, encoding)
    const key = `${encoding} ${name}`
    const known = kept.get(key) ?? Promise.resolve(compress(body, encoding))
    kept.set(key, known)
    return known
  }
}
