import { describe, expect, it } from 'vitest'
import type { ProxyRuntime } from '../../../../preload/contract/connectivity.ts'
import { runtimes } from './runtimes.ts'

/**
 * Direct (1) or through the proxy (0), for go, java, node and curl in this order. The expected values come from runs of Go 1.26's
 * httpproxy, OpenJDK 17, undici 8 and curl 7.88, except where curl 8 differs: there, a space ends the list.
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
    // Java matches only that host, not its subdomains.
    ['bar.foo.com', 'foo.com', '1011'],
    ['barfoo.com', 'foo.com', '0000'],
    ['foo.com', '.foo.com', '0011'],
    ['bar.foo.com', '.foo.com', '1111'],
    // curl reads the star literally.
    ['bar.foo.com', '*.foo.com', '1110'],
    ['foo.com', '*.foo.com', '0000'],
    ['foo.com', 'foo.com:443', '1010'],
    ['foo.com', 'foo.com:8443', '0000'],
    // Go and Java treat the trailing dot as part of the name.
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
    // A space separates entries for Node and ends the list for curl; Go and Java read one name.
    ['foo.com', 'x foo.com', '0010'],
    ['localhost', '', '1100'],
    ['127.0.0.1', '', '1100'],
  ])('for %s with "%s" is read as %s', (host, noProxy, expected) => {
    expect(read(host, noProxy)).toBe(expected)
  })
})

describe('the proxy itself', () => {
  const https = { host: 'foo.com', port: 443, tls: true }
  const http = { host: 'foo.com', port: 80, tls: false }

  it('comes from the upper-case variable in Go, and from the lower-case variable in other programs', () => {
    const variables = { HTTPS_PROXY: 'upper', https_proxy: 'lower' }
    expect(order.map((name) => runtimes[name](https, variables).through)).toEqual(['upper', 'lower', 'lower', 'lower'])
  })

  it('for HTTP is read by curl from the lower-case variable only', () => {
    const { through, why } = runtimes.curl(http, { HTTP_PROXY: 'upper' })
    expect([through, why]).toEqual(['', 'curl does not read HTTP_PROXY, only http_proxy'])
    expect(runtimes.go(http, { HTTP_PROXY: 'upper' }).through).toBe('upper')
  })

  it('for HTTPS falls back to HTTP_PROXY in Node and to ALL_PROXY in curl', () => {
    expect(order.map((name) => runtimes[name](https, { HTTP_PROXY: 'clear', ALL_PROXY: 'all' }).through)).toEqual([
      '',
      '',
      'clear',
      'all',
    ])
  })

  it('is none for Node if the lower-case variable is empty', () => {
    expect(runtimes.node(https, { https_proxy: '', HTTPS_PROXY: 'upper' }).through).toBe('')
    expect(runtimes.go(https, { https_proxy: '', HTTPS_PROXY: 'upper' }).through).toBe('upper')
  })
})
