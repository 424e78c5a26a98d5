import { describe, expect, it } from 'vitest'
import { proxiesOf } from '../target.ts'
import { bypassesProxy } from './no-proxy.ts'
import { chooseProxy, proxyFor } from './proxy-choice.ts'

describe('NO_PROXY', () => {
  // Cases of golang.org/x/net/http/httpproxy's documentation, and what follows from it.
  it.each([
    ['foo.com', 443, 'foo.com', true],
    ['bar.foo.com', 443, 'foo.com', true],
    ['barfoo.com', 443, 'foo.com', false],
    ['foo.com', 443, '.foo.com', false],
    ['bar.foo.com', 443, '.foo.com', true],
    ['bar.foo.com', 443, '*.foo.com', true],
    ['FOO.com', 443, ' foo.COM , x', true],
    ['foo.com.', 443, 'foo.com', false],
    ['foo.com', 443, 'foo.com:8443', false],
    ['foo.com', 8_443, 'foo.com:8443', true],
    ['10.1.2.3', 443, '10.0.0.0/8', true],
    ['11.1.2.3', 443, '10.0.0.0/8', false],
    ['host.test', 443, '10.0.0.0/8', false],
    ['10.1.2.3', 443, '10.1.2.3', true],
    ['10.1.2.3', 443, '10.1.2.3:80', false],
    ['10.1.2.3', 443, '2.3', false],
    ['fd00::1', 443, 'fd00::/8', true],
    ['fd00::1', 443, '[fd00::1]:443', true],
    ['fd00::1', 443, '[fd00::1]', false],
    ['foo.com', 443, '*', true],
    ['foo.com', 443, '', false],
    ['foo.com', 443, '/,:,[,10.0.0.0/99', false],
    ['localhost', 443, '', true],
    ['127.0.0.1', 443, '', true],
    ['::1', 443, '', true],
  ])('for %s:%d under "%s" is %s', (host, port, noProxy, expected) => {
    expect(bypassesProxy(host, port, noProxy)).toBe(expected)
  })
})

describe('the proxy of a row', () => {
  const proxies = proxiesOf({
    https_proxy: 'http://u%40x:p%25w@proxy.test:3128',
    HTTP_PROXY: 'plain.test',
    no_proxy: 'internal.test',
  })

  it('is the one for its kind of connection, upper case before lower', () => {
    expect(chooseProxy('far.test', 443, true, proxies)).toMatchObject({
      kind: 'proxy',
      host: 'proxy.test',
      port: 3_128,
      login: { user: 'u@x', password: 'p%w' },
      name: 'http://proxy.test:3128',
    })
    expect(chooseProxy('far.test', 80, false, proxies)).toMatchObject({ kind: 'proxy', host: 'plain.test', port: 80 })
    expect(proxiesOf({ HTTPS_PROXY: 'a', https_proxy: 'b' }).httpsProxy).toBe('a')
  })

  it('is none where the environment or the component says so', () => {
    expect(chooseProxy('api.internal.test', 443, true, proxies)).toMatchObject({ kind: 'direct' })
    expect(
      proxyFor({ host: 'far.test', port: 443, tls: true, proxy: 'none' } as Parameters<typeof proxyFor>[0], proxies),
    ).toMatchObject({ kind: 'direct', why: 'this component ignores proxy settings' }) // the other fields play no part
  })
})
