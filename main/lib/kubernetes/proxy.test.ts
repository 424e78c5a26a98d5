import { describe, expect, it } from 'vitest'
import { clusterProxy, proxyFor, withoutUserInfo } from './proxy.ts'

const proxy = 'http://proxy.corp:3128'

/** What Go's http.ProxyFromEnvironment answers for the same. */
const cases: readonly [
  target: string,
  environment: Record<string, string>,
  through: string | undefined,
  why: string,
][] = [
  ['https://api.corp', {}, undefined, 'no proxy is set'],
  ['https://api.corp', { HTTPS_PROXY: proxy }, proxy, 'https goes by HTTPS_PROXY'],
  ['https://api.corp', { HTTP_PROXY: proxy }, undefined, 'https does not go by HTTP_PROXY'],
  ['https://api.corp', { ALL_PROXY: proxy }, undefined, 'Go knows no ALL_PROXY'],
  ['http://api.corp', { HTTP_PROXY: proxy }, proxy, 'http goes by HTTP_PROXY'],
  ['https://api.corp', { https_proxy: proxy }, proxy, 'lower case counts'],
  ['https://api.corp', { HTTPS_PROXY: '', https_proxy: proxy }, proxy, 'an empty upper-case one does not hide it'],
  [
    'https://api.corp',
    { HTTPS_PROXY: 'http://first:1', https_proxy: proxy },
    'http://first:1',
    'upper case comes first',
  ],
  ['https://api.corp', { HTTPS_PROXY: 'proxy.corp:3128' }, proxy, 'a value without a scheme is http'],
  ['https://api.corp', { HTTPS_PROXY: 'socks5://p:1080' }, 'socks5://p:1080', 'socks5 stays'],
  ['https://localhost:6443', { HTTPS_PROXY: proxy }, undefined, 'localhost never'],
  ['https://127.0.0.1:6443', { HTTPS_PROXY: proxy }, undefined, 'loopback never'],
  ['https://127.9.9.9', { HTTPS_PROXY: proxy }, undefined, 'all of 127/8 is loopback'],
  ['https://[::1]:6443', { HTTPS_PROXY: proxy }, undefined, 'IPv6 loopback never'],
  ['https://api.corp', { HTTPS_PROXY: proxy, NO_PROXY: '*' }, undefined, 'a star is everything'],
  ['https://api.corp', { HTTPS_PROXY: proxy, NO_PROXY: 'api.corp' }, undefined, 'the host itself'],
  ['https://eu.api.corp', { HTTPS_PROXY: proxy, NO_PROXY: 'api.corp' }, undefined, 'and what is below it'],
  ['https://myapi.corp', { HTTPS_PROXY: proxy, NO_PROXY: 'api.corp' }, proxy, 'but not what merely ends so'],
  ['https://api.corp', { HTTPS_PROXY: proxy, NO_PROXY: '.api.corp' }, proxy, 'a leading dot leaves the host out'],
  ['https://eu.api.corp', { HTTPS_PROXY: proxy, NO_PROXY: '.api.corp' }, undefined, 'and takes what is below'],
  ['https://api.corp', { HTTPS_PROXY: proxy, NO_PROXY: '*.api.corp' }, proxy, 'as a star and a dot does'],
  ['https://eu.api.corp', { HTTPS_PROXY: proxy, NO_PROXY: '*.api.corp' }, undefined, 'also below'],
  ['https://API.corp', { HTTPS_PROXY: proxy, NO_PROXY: ' x, Api.Corp ' }, undefined, 'case and spaces do not count'],
  ['https://api.corp:6443', { HTTPS_PROXY: proxy, NO_PROXY: 'api.corp:6443' }, undefined, 'with its port'],
  ['https://api.corp:6443', { HTTPS_PROXY: proxy, NO_PROXY: 'api.corp:443' }, proxy, 'not with another port'],
  ['https://api.corp', { HTTPS_PROXY: proxy, NO_PROXY: 'api.corp:443' }, undefined, 'https has a port of its own'],
  ['https://10.1.2.3', { HTTPS_PROXY: proxy, NO_PROXY: '10.1.2.3' }, undefined, 'an address'],
  ['https://10.1.2.3:1', { HTTPS_PROXY: proxy, NO_PROXY: '10.1.2.3:2' }, proxy, 'an address with another port'],
  ['https://10.1.2.3', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8' }, undefined, 'a network'],
  ['https://11.1.2.3', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8' }, proxy, 'outside the network'],
  ['https://api.corp', { HTTPS_PROXY: proxy, NO_PROXY: '0.0.0.0/0' }, proxy, 'a name is in no network'],
  ['https://[fd00::7]', { HTTPS_PROXY: proxy, NO_PROXY: 'fd00::/8' }, undefined, 'an IPv6 network'],
  [
    'https://[fd00::7]',
    { HTTPS_PROXY: proxy, NO_PROXY: 'fd00:0:0::7' },
    undefined,
    'an IPv6 address in another spelling',
  ],
  ['https://[fd00::7]:9', { HTTPS_PROXY: proxy, NO_PROXY: '[fd00::7]:9' }, undefined, 'an IPv6 address with its port'],
  ['https://[::ffff:10.0.0.1]', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/24' }, undefined, 'IPv4 inside IPv6'],
  ['https://10.1.2.3', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/99' }, proxy, 'a network that is none'],
  ['https://1.2.3.4', { HTTPS_PROXY: proxy, NO_PROXY: '3.4' }, proxy, 'a suffix does not hold for addresses'],
]

describe('proxyFor', () => {
  it.each(cases)('%s with %j: %s (%s)', (target, environment, through) => {
    expect(proxyFor(new URL(target), environment)).toBe(through)
  })
})

describe('clusterProxy', () => {
  it('prefers the kubeconfig, for loopback too', () => {
    const server = new URL('https://127.0.0.1:6443')
    expect(clusterProxy(server, 'socks5://jump:1080', { HTTPS_PROXY: proxy, NO_PROXY: '*' })).toBe('socks5://jump:1080')
  })
})

describe('withoutUserInfo', () => {
  it.each([
    ['http://jo:canary@proxy:3128', 'http://proxy:3128'],
    ['socks5://jo@proxy:1080', 'socks5://proxy:1080'],
    ['http://jo:ca nary@pro xy', 'http://pro xy'],
  ])('%s is shown as %s', (url, shown) => expect(withoutUserInfo(url)).toBe(shown))
})
