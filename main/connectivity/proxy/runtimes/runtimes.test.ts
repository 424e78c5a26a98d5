import { describe, expect, it } from 'vitest'
import type { ProxyRuntime } from '../../../../preload/contract/connectivity.ts'
import { runtimes } from './runtimes.ts'

/**
 * Who goes directly (1) and who through the proxy (0): go, java, node, curl. Compared with Go 1.26's httpproxy, OpenJDK 17,
 * undici 8 and curl 7.88 themselves when it was written; where curl's later source differs (a blank ends its list since 8), the
 * later one is meant.
 */
const order: readonly ProxyRuntime[] = ['go', 'java', 'node', 'curl']
const read = (host: string, noProxy: string, port = 443): string =>
  order
    .map((name) =>
      runtimes[name]({ host, port, tls: true }, { HTTPS_PROXY: 'http://proxy.test:3128', NO_PROXY: noProxy }),
    )
    .map(({ through }) => (through === '' ? '1' : '0'))
    .join('')

describe('NO_PROXY', () => {
  it.each([
    ['foo.com', '', '0000'],
    ['foo.com', '*', '1111'],
    ['foo.com', 'x,*', '1110'],
    ['foo.com', 'foo.com', '1111'],
    ['foo.com', 'FOO.com', '1111'],
    // Java knows that one host alone.
    ['bar.foo.com', 'foo.com', '1011'],
    ['barfoo.com', 'foo.com', '0000'],
    ['foo.com', '.foo.com', '0011'],
    ['bar.foo.com', '.foo.com', '1111'],
    // curl takes the star for a part of the name.
    ['bar.foo.com', '*.foo.com', '1110'],
    ['foo.com', '*.foo.com', '0000'],
    ['foo.com', 'foo.com:443', '1010'],
    ['foo.com', 'foo.com:8443', '0000'],
    // The dot at the end is a part of the name to Go and Java.
    ['foo.com.', 'foo.com', '0011'],
    ['foo.com', 'foo.com.', '0011'],
    ['10.1.2.3', '10.0.0.0/8', '1001'],
    ['11.1.2.3', '10.0.0.0/8', '0000'],
    ['host.test', '10.0.0.0/8', '0000'],
    ['10.1.2.3', '10.1.2.3', '1111'],
    ['10.1.2.3', '10.*', '0100'],
    ['10.1.2.3', '2.3', '0010'],
    ['fd00::1', 'fd00::/8', '1001'],
    ['fd00::1', '[fd00::1]', '0110'],
    ['fd00::1', '[fd00::1]:443', '1010'],
    ['foo.com', 'x, foo.com', '1111'],
    // Blanks part entries for Node; Go and Java see one strange name, and to curl the list ends.
    ['foo.com', 'x foo.com', '0010'],
    ['localhost', '', '1100'],
    ['127.0.0.1', '', '1100'],
  ])('for %s under "%s" is read as %s', (host, noProxy, expected) => {
    expect(read(host, noProxy)).toBe(expected)
  })
})

describe('the proxy itself', () => {
  const https = { host: 'foo.com', port: 443, tls: true }
  const http = { host: 'foo.com', port: 80, tls: false }

  it('is taken from upper case first by Go, from lower case first by the others', () => {
    const variables = { HTTPS_PROXY: 'upper', https_proxy: 'lower' }
    expect(order.map((name) => runtimes[name](https, variables).through)).toEqual(['upper', 'lower', 'lower', 'lower'])
  })

  it('for clear text is read by curl in lower case alone', () => {
    const { through, why } = runtimes.curl(http, { HTTP_PROXY: 'upper' })
    expect([through, why]).toEqual(['', 'curl does not read HTTP_PROXY, only http_proxy'])
    expect(runtimes.go(http, { HTTP_PROXY: 'upper' }).through).toBe('upper')
  })

  it('for TLS is the one for clear text where Node finds no other, and ALL_PROXY where curl does', () => {
    expect(order.map((name) => runtimes[name](https, { HTTP_PROXY: 'clear', ALL_PROXY: 'all' }).through)).toEqual([
      '',
      '',
      'clear',
      'all',
    ])
  })

  it('is hidden from Node by an empty variable in lower case', () => {
    expect(runtimes.node(https, { https_proxy: '', HTTPS_PROXY: 'upper' }).through).toBe('')
    expect(runtimes.go(https, { https_proxy: '', HTTPS_PROXY: 'upper' }).through).toBe('upper')
  })
})
