import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

export type Encoding = 'br' | 'gzip' | 'identity'

/** Smaller bodies are sent as they are: compression would save less than its header. */
const worthwhileBytes = 1_024

/** Fast enough for the first request, and within a few percent of the best quality. */
const brotliQuality = 6

const brotli = promisify(brotliCompress)
const zip = promisify(gzip)

/** The best encoding that the browser accepts and that reduces a body of this type. Images are already compressed. */
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

/** Caches the compressed bodies of built files by path: their names change with their content, and they are few. */
export function createCompressor() {
  const cache = new Map<string, Promise<Buffer>>()
  const compress = (body: Buffer, encoding: Encoding): Promise<Buffer> | Buffer => {
    if (encoding === 'identity') return body
    if (encoding === 'gzip') return zip(body)
    return brotli(body, {
      params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
    })
  }
  /** `name`: undefined for a body that is different for each request. */
  return (name: string | undefined, body: Buffer, encoding: Encoding): Promise<Buffer> | Buffer => {
    if (name === undefined || encoding === 'identity') return compress(body, encoding)
    const key = `${encoding} ${name}`
    const known = cache.get(key) ?? Promise.resolve(compress(body, encoding))
    cache.set(key, known)
    return known
  }
}
