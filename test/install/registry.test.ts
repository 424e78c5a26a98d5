import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { imageAnswers } from '../../main/install/preflight/facts/registry.ts'
import { parseImage } from '../../main/install/preflight/rules/image-reference.ts'
import { createAuthority } from '../peers/authority.ts'

const authority = createAuthority()
const login = { username: 'ana', password: 'secret' }
const basic = `Basic ${Buffer.from('ana:secret').toString('base64')}`

/** A stand-in of a registry: it has `a/b:1`, and `private/b:1` for a token that needs a login. */
describe('the answers of a registry over TLS', () => {
  let server: Server
  let host = ''
  const tokenRequests: (string | undefined)[] = []
  beforeAll(async () => {
    const { certificate: cert, key } = authority.issue({ names: ['localhost'], addresses: ['127.0.0.1'] })
    server = createServer({ cert, key }, ({ url = '', headers: { authorization } }, response) => {
      const address = new URL(url, 'https://registry.test')
      if (address.pathname === '/token') {
        tokenRequests.push(authorization)
        const granted = authorization === basic || address.searchParams.get('scope') === 'repository:a/b:pull'
        response.writeHead(granted ? 200 : 401).end(JSON.stringify({ token: granted ? 'granted' : '' }))
        return
      }
      const [, repository = ''] = /^\/v2\/(.+)\/manifests\//.exec(address.pathname) ?? []
      if (authorization !== 'Bearer granted') {
        const challenge = `Bearer realm="https://${host}/token",service="registry.test",scope="repository:${repository}:pull"`
        response.writeHead(401, { 'www-authenticate': challenge }).end()
      } else response.writeHead(/^(a|private)\/b$/.test(repository) && url.endsWith('/1') ? 200 : 404).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    host = `127.0.0.1:${(server.address() as AddressInfo).port}` // of a listening TCP server
  })
  afterAll(() => server.close())

  const ask = async (image: string, logins = new Map<string, typeof login>(), roots = [authority.certificate]) => {
    const reference = parseImage(`${host}/${image}`)
    const [answer] = await imageAnswers(reference ? [reference] : [], logins, AbortSignal.timeout(10_000), roots)
    return answer?.outcome
  }

  it('are found, missing or denied, by a token without a login', async () => {
    expect(await ask('a/b:1')).toBe('found')
    expect(await ask('a/b:2')).toBe('missing')
    expect(await ask('private/b:1')).toBe('denied')
  })

  it('are found with the login of that registry alone', async () => {
    expect(await ask('private/b:1', new Map([[host, login]]))).toBe('found')
    tokenRequests.length = 0
    expect(await ask('private/b:1', new Map([['other.test', login]]))).toBe('denied')
    expect(tokenRequests).toEqual([undefined])
  })

  it('are unreachable if the certificate is not trusted', async () => {
    expect(await ask('a/b:1', new Map(), [createAuthority('another').certificate])).toBe('unreachable')
  })
})
