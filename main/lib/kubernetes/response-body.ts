import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Problem } from '../../../preload/contract/problem.ts'
import { countJsonValues, responseLimits } from '../json-limits.ts'
import { redactStrictly } from '../rules/redaction.ts'
import type { Credential } from './credentials.ts'
import type { StreamResponse } from './multiplexed-streams.ts'

/** Only this much of the body of a failed request is read. */
export const failureLimitBytes = 64 * 1024

const inflate = promisify(gunzip)

/** The whole body, decompressed. Throws ANSWER_TOO_LARGE beyond the limit, before or after decompression. */
export async function readBody(response: StreamResponse, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.length
    if (size > limitBytes) throw tooLarge(limitBytes)
    chunks.push(Buffer.from(chunk))
  }
  const body = Buffer.concat(chunks)
  if (response.headers['content-encoding'] !== 'gzip' || body.length === 0) return body
  try {
    return await inflate(body, { maxOutputLength: limitBytes })
  } catch (error) {
    throw error instanceof RangeError ? tooLarge(limitBytes) : error
  }
}

const tooLarge = (limitBytes: number) =>
  new Problem('ANSWER_TOO_LARGE', `The response of the API server is larger than ${limitBytes / 1024 / 1024} MiB.`)

/** The API server's message stays whole, except for the credential that was sent; a page of another server may contain anything. */
export const failureText = (body: Buffer, contentType: string, sent: Credential['headers']): string => {
  const text = withoutAuthorization(
    body.subarray(0, failureLimitBytes).toString('utf8'),
    String(sent.authorization ?? ''),
  )
  return contentType.includes('json') ? text : redactStrictly(text)
}

/** A gateway before the API server may quote the request: with the scheme, without it, or the password out of it. */
function withoutAuthorization(text: string, authorization: string): string {
  const [scheme = '', token = ''] = authorization.split(' ')
  const password =
    scheme === 'Basic'
      ? Buffer.from(token, 'base64')
          .toString()
          .replace(/^[^:]*:/, '')
      : ''
  // A secret of one or two letters occurs in many words, and replacing it there would hide nothing.
  return [token, password]
    .filter(({ length }) => length > 3)
    .reduce((clean, secret) => clean.replaceAll(secret, '***'), text)
}

/** What honest JSON has for each value; a body of nothing but values takes far more memory than its bytes. */
const bytesPerValue = 16

/**
 * The value of a JSON body; any other as text. `onSize` gets its bytes before it is parsed, or those that honest JSON of as many
 * values has. Throws ANSWER_TOO_LARGE for a JSON of too many values or levels, and what `onSize` throws.
 */
export function parseBody(body: Buffer, contentType: string, onSize?: (bytes: number) => void): unknown {
  const isJson = contentType.includes('json') && body.length > 0
  const values = isJson ? countJsonValues(body, responseLimits) : 0
  if (values === undefined)
    throw new Problem('ANSWER_TOO_LARGE', 'The response of the API server has too many values, or too many levels.')
  onSize?.(Math.max(body.length, values * bytesPerValue))
  const text = body.toString('utf8')
  return isJson ? JSON.parse(text) : text
}

/** The body as it arrives; its errors as Problems. */
export async function* follow(
  body: AsyncIterable<Uint8Array>,
  asProblem: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch (error) {
    throw asProblem(error)
  }
}
