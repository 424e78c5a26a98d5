import { describe, expect, it } from 'vitest'
import { proxiesOf } from '../target.ts'
import { chooseProxy, proxyFor } from './proxy-choice.ts'

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
    ).toMatchObject({ kind: 'direct', reason: 'this component ignores proxy settings' }) // the other fields play no part
  })
})
