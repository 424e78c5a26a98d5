import { describe, expect, it } from 'vitest'
import { proxiesOf } from '../target.ts'
import { chooseProxy, proxyFor } from './proxy-choice.ts'

describe('the proxy of an endpoint', () => {
  const proxies = proxiesOf({
    https_proxy: 'http://u%40x:p%25w@proxy.test:3128',
    HTTP_PROXY: 'plain.test',
    no_proxy: 'internal.test',
  })

  it('is the proxy for its scheme; upper-case variables take precedence', () => {
    expect(chooseProxy('remote.test', 443, true, proxies)).toMatchObject({
      kind: 'proxy',
      host: 'proxy.test',
      port: 3_128,
      login: { user: 'u@x', password: 'p%w' },
      name: 'http://proxy.test:3128',
    })
    expect(chooseProxy('remote.test', 80, false, proxies)).toMatchObject({
      kind: 'proxy',
      host: 'plain.test',
      port: 80,
    })
    expect(proxiesOf({ HTTPS_PROXY: 'a', https_proxy: 'b' }).httpsProxy).toBe('a')
  })

  it('is none if NO_PROXY has an entry for the host or the component ignores proxy settings', () => {
    expect(chooseProxy('api.internal.test', 443, true, proxies)).toMatchObject({ kind: 'direct' })
    expect(
      proxyFor({ host: 'remote.test', port: 443, tls: true, proxy: 'none' } as Parameters<typeof proxyFor>[0], proxies),
    ).toMatchObject({ kind: 'direct', reason: 'this component ignores proxy settings' }) // the other fields are not used
  })
})
