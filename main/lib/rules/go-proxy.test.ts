import { describe, expect, it } from 'vitest'
import { goProxyFor, isAlwaysDirect, noProxyEntry } from './go-proxy.ts'

const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443 }

/** The destination of a URL. `new URL` rejects zones, so this reads only what the table needs. */
function destinationOf(url: string) {
  const [, scheme = '', bracketed, name = '', port] =
    /^([a-z]+):\/\/(?:\[([^\]]*)\]|([^:/]*))(?::(\d+))?/.exec(url) ?? []
  const host = decodeURIComponent(bracketed ?? name)
  return { scheme, host, port: Number(port ?? defaultPorts[scheme] ?? 0) }
}

describe('upstream: proxyForURLTests of golang.org/x/net/http/httpproxy', () => {
  // Left out: the two cases of a CGI process, which reads no HTTP_PROXY.
  it.each<[variables: Record<string, string>, url: string, expected: string | undefined]>([
    [{ HTTP_PROXY: '127.0.0.1:8080' }, 'http://example.com', 'http://127.0.0.1:8080'],
    [{ HTTP_PROXY: 'cache.corp.example.com:1234' }, 'http://example.com', 'http://cache.corp.example.com:1234'],
    [{ HTTP_PROXY: 'cache.corp.example.com' }, 'http://example.com', 'http://cache.corp.example.com'],
    [{ HTTP_PROXY: 'localhost' }, 'http://example.com', 'http://localhost'],
    [{ HTTP_PROXY: 'https://cache.corp.example.com' }, 'http://example.com', 'https://cache.corp.example.com'],
    [{ HTTP_PROXY: 'http://127.0.0.1:8080' }, 'http://example.com', 'http://127.0.0.1:8080'],
    [{ HTTP_PROXY: 'https://127.0.0.1:8080' }, 'http://example.com', 'https://127.0.0.1:8080'],
    [{ HTTP_PROXY: 'socks5://127.0.0.1' }, 'http://example.com', 'socks5://127.0.0.1'],
    [{ HTTP_PROXY: 'foo://host' }, 'http://example.com', 'foo://host'],
    [
      { HTTP_PROXY: 'http.proxy.tld', HTTPS_PROXY: 'secure.proxy.tld' },
      'http://insecure.tld/',
      'http://http.proxy.tld',
    ],
    [
      { HTTP_PROXY: 'http.proxy.tld', HTTPS_PROXY: 'secure.proxy.tld' },
      'https://secure.tld/',
      'http://secure.proxy.tld',
    ],
    [
      { HTTP_PROXY: 'http.proxy.tld', HTTPS_PROXY: 'https://secure.proxy.tld' },
      'https://secure.tld/',
      'https://secure.proxy.tld',
    ],
    [{ HTTP_PROXY: 'http.proxy.tld' }, 'https://secure.tld/', undefined],
    [{ HTTP_PROXY: 'http.proxy.tld' }, 'ftp://insecure.tld/', undefined],
    [{}, 'http://example.com', undefined],
    [{ NO_PROXY: 'example.com', HTTP_PROXY: 'proxy' }, 'http://example.com/', undefined],
    [{ NO_PROXY: '.example.com', HTTP_PROXY: 'proxy' }, 'http://example.com/', 'http://proxy'],
    [{ NO_PROXY: 'ample.com', HTTP_PROXY: 'proxy' }, 'http://example.com/', 'http://proxy'],
    [{ NO_PROXY: 'example.com', HTTP_PROXY: 'proxy' }, 'http://foo.example.com/', undefined],
    [{ NO_PROXY: '.foo.com', HTTP_PROXY: 'proxy' }, 'http://example.com/', 'http://proxy'],
    [{ NO_PROXY: '.示例.com', HTTP_PROXY: 'proxy' }, 'http://www.示例.com', undefined],
    [{ NO_PROXY: 'xn--fsq092h.com', HTTP_PROXY: 'proxy' }, 'http://www.示例.com', undefined],
    [{ NO_PROXY: '示例.com', HTTP_PROXY: 'proxy' }, 'http://www.xn--fsq092h.com', undefined],
    [{ NO_PROXY: 'example.com', HTTP_PROXY: 'proxy' }, 'http://[1000::%25.example.com]:123', 'http://proxy'],
  ])('with %j, %s uses %s', (variables, url, expected) => {
    expect(goProxyFor(destinationOf(url), variables)).toBe(expected)
  })
})

const useProxyTests: readonly [host: string, proxied: boolean][] = [
  ['localhost', false],
  ['127.0.0.1', false],
  ['127.0.0.2', false],
  ['[::1]', false],
  ['[::2]', true],
  ['192.168.1.1', false],
  ['192.168.1.2', true],
  ['192.168.1.3', false],
  ['192.168.1.4', true],
  ['10.0.0.2', false],
  ['[2001:db8::52:0:1]', false],
  ['[2001:db8::52:0:2]', true],
  ['[2001:db8::52:0:3]', false],
  ['[2002:db8:a::123]', false],
  ['[fe80::424b:c8be:1643:a1b6]', true],
  ['barbaz.net', true],
  ['www.barbaz.net', false],
  ['foobar.com', false],
  ['www.foobar.com', false],
  ['foofoobar.com', true],
  ['baz.com', true],
  ['localhost.net', true],
  ['local.localhost', true],
  ['barbarbaz.net', true],
  ['wildcard.io', true],
  ['nested.wildcard.io', false],
  ['awildcard.io', true],
]
const upstreamNoProxy =
  'foobar.com, .barbaz.net, *.wildcard.io, 192.168.1.1, 192.168.1.2:81, 192.168.1.3:80, 10.0.0.0/30, 2001:db8::52:0:1, [2001:db8::52:0:2]:443, [2001:db8::52:0:3]:80, 2002:db8:a::45/64'

describe('upstream: UseProxyTests of golang.org/x/net/http/httpproxy', () => {
  const usesProxy = (host: string, noProxy: string): boolean => {
    const bare = host.replace(/^\[|\]$/g, '')
    return !isAlwaysDirect(bare) && noProxyEntry(bare, 80, noProxy) === undefined
  }
  it.each(useProxyTests)('%s:80 uses the proxy: %s', (host, proxied) => {
    expect(usesProxy(host, upstreamNoProxy)).toBe(proxied)
  })
  it.each(useProxyTests)('%s:80 is direct under "*"', (host) => {
    expect(usesProxy(host, '*')).toBe(false)
  })
  it('an entry without a host exempts nothing', () => {
    expect(usesProxy('example.com', ':1')).toBe(true)
  })
})

const proxy = 'http://proxy.corp:3128'

describe('goProxyFor', () => {
  it.each<[url: string, variables: Record<string, string>, expected: string | undefined, why: string]>([
    ['https://api.corp', {}, undefined, 'no proxy is set'],
    ['https://api.corp', { HTTPS_PROXY: proxy }, proxy, 'HTTPS_PROXY applies to https'],
    ['https://api.corp', { HTTP_PROXY: proxy }, undefined, 'HTTP_PROXY does not apply to https'],
    ['https://api.corp', { ALL_PROXY: proxy }, undefined, 'Go ignores ALL_PROXY'],
    ['http://api.corp', { HTTP_PROXY: proxy }, proxy, 'HTTP_PROXY applies to http'],
    ['https://api.corp', { https_proxy: proxy }, proxy, 'lower case is also read'],
    ['https://api.corp', { HTTPS_PROXY: '', https_proxy: proxy }, proxy, 'an empty upper-case variable is unset'],
    [
      'https://api.corp',
      { HTTPS_PROXY: 'http://first:1', https_proxy: proxy },
      'http://first:1',
      'upper case takes precedence',
    ],
    ['https://api.corp', { HTTPS_PROXY: 'proxy.corp:3128' }, proxy, 'a value without a scheme is http'],
    ['https://api.corp', { HTTPS_PROXY: 'socks5://p:1080' }, 'socks5://p:1080', 'socks5 is kept'],
    ['https://localhost:6443', { HTTPS_PROXY: proxy }, undefined, 'localhost is always direct'],
    ['https://127.0.0.1:6443', { HTTPS_PROXY: proxy }, undefined, 'loopback is always direct'],
    ['https://127.9.9.9', { HTTPS_PROXY: proxy }, undefined, 'all of 127/8 is loopback'],
    ['https://[::1]:6443', { HTTPS_PROXY: proxy }, undefined, 'IPv6 loopback is always direct'],
    ['https://[::ffff:127.0.0.1]', { HTTPS_PROXY: proxy }, undefined, 'IPv4 loopback inside IPv6 is always direct'],
  ])('%s with %j: %s (%s)', (url, variables, expected) => {
    expect(goProxyFor(destinationOf(url), variables)).toBe(expected)
  })
})

describe('noProxyEntry', () => {
  it.each<[host: string, port: number, noProxy: string, entry: string | undefined]>([
    ['foo.com', 443, 'foo.com', 'foo.com'],
    ['bar.foo.com', 443, 'foo.com', 'foo.com'],
    ['barfoo.com', 443, 'foo.com', undefined],
    ['foo.com', 443, '.foo.com', undefined],
    ['bar.foo.com', 443, '.foo.com', '.foo.com'],
    ['foo.com', 443, '*.foo.com', undefined],
    ['bar.foo.com', 443, '*.foo.com', '*.foo.com'],
    ['FOO.com', 443, ' foo.COM , x', 'foo.COM'],
    ['foo.com.', 443, 'foo.com', undefined],
    ['foo.com', 443, 'foo.com:8443', undefined],
    ['foo.com', 8_443, 'foo.com:8443', 'foo.com:8443'],
    ['foo.com', 443, 'foo.com:443', 'foo.com:443'],
    ['10.1.2.3', 443, '10.0.0.0/8', '10.0.0.0/8'],
    ['11.1.2.3', 443, '10.0.0.0/8', undefined],
    ['host.test', 443, '10.0.0.0/8', undefined],
    ['host.test', 443, '0.0.0.0/0', undefined],
    ['10.1.2.3', 443, '10.1.2.3', '10.1.2.3'],
    ['10.1.2.3', 1, '10.1.2.3:2', undefined],
    ['10.1.2.3', 443, '2.3', undefined],
    ['10.1.2.3', 443, '10.0.0.0/99', undefined],
    ['::ffff:10.1.2.3', 443, '10.0.0.0/8', '10.0.0.0/8'],
    ['::ffff:10.1.2.3', 443, '10.1.2.3', '10.1.2.3'],
    ['10.1.2.3', 443, '::ffff:10.0.0.0/104', '::ffff:10.0.0.0/104'],
    ['10.1.2.3', 443, '::/0', undefined],
    ['fd00::1', 443, 'fd00::/8', 'fd00::/8'],
    ['fd00::1', 443, 'fd00:0::1', 'fd00:0::1'],
    ['fd00::1', 443, 'fd00:0:0::1', 'fd00:0:0::1'],
    ['fd00::1', 443, '[fd00::1]:443', '[fd00::1]:443'],
    // Go takes brackets without a port for a domain.
    ['fd00::1', 443, '[fd00::1]', undefined],
    ['fe80::1%eth0', 443, 'fe80::1', 'fe80::1'],
    ['foo.com', 443, 'x,*', '*'],
    ['foo.com', 443, '', undefined],
    ['foo.com', 443, '/,:,[,10.0.0.0/99', undefined],
  ])('of %s:%d in "%s" is %s', (host, port, noProxy, entry) => {
    expect(noProxyEntry(host, port, noProxy)).toBe(entry)
  })
})
