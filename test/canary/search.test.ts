import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { findSecrets } from './search.ts'

const secret = 'canary-7b1f9e40-secret-of-a-plane'
const noise = (text: string): Buffer => Buffer.from(`{"a":1,"b":"${'x'.repeat(200)}","c":"${text}","d":[]}`)

/** Deliberate leaks: a search that misses one of them proves nothing. */
const leaks: readonly (readonly [string, Buffer])[] = [
  ['in clear', noise(secret)],
  ['in base64', noise(Buffer.from(secret).toString('base64'))],
  ['in base64 with a byte before it', noise(Buffer.from(`u${secret}:x`).toString('base64'))],
  ['in base64 with two bytes before it', noise(Buffer.from(`u:${secret}:x`).toString('base64url'))],
  ['in hexadecimal', noise(Buffer.from(secret).toString('hex'))],
  ['in a gzip among other bytes', Buffer.concat([Buffer.from('head'), gzipSync(noise(secret))])],
  ['in zstd', zstdCompressSync(noise(secret))],
  [
    'as helm stores a release: base64 of gzip, in base64',
    noise(Buffer.from(gzipSync(noise(secret)).toString('base64')).toString('base64')),
  ],
]

describe('the search for a secret', () => {
  it.each(leaks)('finds one %s', (_how, bytes) => {
    expect(findSecrets(bytes, 'here', [secret])).not.toEqual([])
  })

  it('finds none where there is none', () => {
    expect(findSecrets(Buffer.concat([noise('nothing'), gzipSync(noise('nothing'))]), 'here', [secret])).toEqual([])
  })
})
