import { describe, expect, it } from 'vitest'
import { parsePac } from './pac.ts'

describe('the result of a PAC file', () => {
  it.each([
    ['DIRECT', ['']],
    ['', ['']],
    ['PROXY proxy.test:3128', ['http://proxy.test:3128']],
    ['PROXY proxy.test', ['http://proxy.test:80']],
    ['HTTPS proxy.test', ['https://proxy.test:443']],
    ['PROXY a:1; HTTPS b:2 ;SOCKS5 c:3; DIRECT', ['http://a:1', 'https://b:2', 'socks5://c:3', '']],
    ['SOCKS c', ['socks4://c:1080']],
    ['proxy p:8080', ['http://p:8080']],
    ['PROXY [fd00::1]:3128', ['http://[fd00::1]:3128']],
    ['PROXY a:1 b:2; DIRECT', ['']],
    ['PROXY a:99999; QUIC q:1', ['']],
    ['PROXY user@p:1', ['']],
    ['PROXY http://p:1', ['']],
  ])('"%s" is read as %j', (text, expected) => {
    expect(parsePac(text).map(({ url }) => url)).toEqual(expected)
  })
})
