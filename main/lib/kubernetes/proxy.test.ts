import { describe, expect, it } from 'vitest'
import { clusterProxy } from './proxy.ts'

const proxy = 'http://proxy.corp:3128'

describe('clusterProxy', () => {
  it('prefers the proxy-url of the kubeconfig, for loopback too', () => {
    const server = new URL('https://127.0.0.1:6443')
    expect(clusterProxy(server, 'socks5://jump:1080', { HTTPS_PROXY: proxy, NO_PROXY: '*' })).toBe('socks5://jump:1080')
  })

  it.each<[server: string, noProxy: string, expected: string | undefined]>([
    ['https://api.corp', '', proxy],
    ['https://127.0.0.1:6443', '', undefined],
    ['https://API.corp:6443', 'api.corp:6443', undefined],
    ['https://api.corp', 'api.corp:443', undefined],
    ['https://[fd00::7]:9', '[fd00::7]:9', undefined],
    ['https://[fd00::7]:9', '[fd00::7]', proxy],
    ['http://api.corp', '', undefined],
  ])('takes the proxy of the environment for %s under NO_PROXY="%s" as Go does: %s', (server, noProxy, expected) => {
    expect(clusterProxy(new URL(server), undefined, { HTTPS_PROXY: proxy, NO_PROXY: noProxy })).toBe(expected)
  })
})
