import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { chooseEncoding, createCompressor } from './encoding.ts'

const script = 'text/javascript; charset=utf-8'

it.each([
  ['gzip, deflate, br, zstd', script, 50_000, 'br'],
  ['gzip', script, 50_000, 'gzip'],
  ['br;q=0, gzip', script, 50_000, 'gzip'],
  [undefined, script, 50_000, 'identity'],
  ['br', script, 200, 'identity'],
  ['br', 'image/png', 50_000, 'identity'],
  ['br', 'image/svg+xml', 50_000, 'br'],
] as const)('for "%s" sends %s of %i bytes as %s', (accepted, type, bytes, encoding) => {
  expect(chooseEncoding(accepted, type, bytes)).toBe(encoding)
})

it('compresses a named file once, and an unnamed body each time', async () => {
  const compress = createCompressor()
  const body = Buffer.from('hangar '.repeat(1_000))

  const first = await compress('/assets/a.js', body, 'br')
  expect(brotliDecompressSync(first).equals(body)).toBe(true)
  expect(await compress('/assets/a.js', Buffer.from('not read'), 'br')).toBe(first)
  expect(gunzipSync(await compress(undefined, body, 'gzip')).equals(body)).toBe(true)
  expect(await compress(undefined, body, 'identity')).toBe(body)
})
