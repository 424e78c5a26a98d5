import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type Answer, json, serveApi, statusObject } from '../../../test/clusters/api-server.ts'
import { makeCertificates } from '../../../test/clusters/certificates.ts'
import { kubeconfigFolder } from '../../../test/clusters/kubeconfig-folder.ts'
import { refreshTokens } from './oidc.ts'
import { openCluster } from './open.ts'

let tls: Awaited<ReturnType<typeof makeCertificates>>
beforeAll(async () => {
  tls = await makeCertificates()
})

const soon = () => AbortSignal.timeout(5_000)
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const idToken = (name: string, secondsFromNow: number) =>
  `${encode({ alg: 'none' })}.${encode({ sub: name, exp: Math.round(Date.now() / 1_000) + secondsFromNow })}.`
const subject = (authorization: string | undefined): string =>
  JSON.parse(Buffer.from(authorization?.split('.')[1] ?? '', 'base64url').toString() || '{}').sub ?? ''

/** An API server that accepts the users that `accepts` returns true for, an identity provider, and a client with this configuration. */
async function start(accepts: (name: string) => boolean, token: Answer, config: Record<string, string>) {
  const issuer = await serveApi(tls, (seen, response) => {
    if (seen.url.pathname !== '/.well-known/openid-configuration') return token(seen, response)
    return json(response, 200, { issuer: issuer.url, token_endpoint: `${issuer.url}/token` })
  })
  const server = await serveApi(tls, (seen, response) =>
    accepts(subject(seen.headers.authorization))
      ? json(response, 200, { gitVersion: 'v1' })
      : json(response, 401, statusObject(401, 'Unauthorized', 'Unauthorized')),
  )
  const authority = Buffer.from(tls.ca).toString('base64')
  const provider = {
    name: 'oidc',
    config: {
      'client-id': 'kubernetes',
      'idp-issuer-url': issuer.url,
      'idp-certificate-authority-data': authority,
      'refresh-token': 'first-refresh',
      ...config,
    },
  }
  const folder = await kubeconfigFolder(
    { server: server.url, 'certificate-authority-data': authority },
    { 'auth-provider': provider },
  )
  const client = await openCluster(folder.connection)
  onTestFinished(async () => {
    await client.close()
    await folder.remove()
    await Promise.all([server.close(), issuer.close()])
  })
  return { client, issuer }
}

describe('an OIDC sign-in', () => {
  it('is used until it expires, without a request to the identity provider', async () => {
    const { client, issuer } = await start(
      () => true,
      () => undefined,
      { 'id-token': idToken('jo', 600) },
    )

    await client.request('GET', '/version', {}, soon())

    expect(issuer.seen).toEqual([])
  })

  it('is renewed after it expired, with the secret in the header, then in the body, and later with the new refresh token', async () => {
    const grants: string[] = []
    const token: Answer = (seen, response) => {
      const form = new URLSearchParams(seen.body)
      grants.push(
        `${seen.headers.authorization === undefined ? form.get('client_secret') : 'header'} ${form.get('refresh_token')}`,
      )
      if (seen.headers.authorization !== undefined) return json(response, 401, { error: 'invalid_client' })
      return json(response, 200, {
        id_token: idToken(`renewed-${grants.length}`, 600),
        refresh_token: 'second-refresh',
      })
    }
    const accepts = (name: string) => name === 'renewed-4'
    const { client } = await start(accepts, token, { 'id-token': idToken('jo', -10), 'client-secret': 'canary' })

    await client.request('GET', '/version', {}, soon())

    expect(grants).toEqual([
      'header first-refresh',
      'canary first-refresh',
      'header second-refresh',
      'canary second-refresh',
    ])
  })

  it('that cannot be renewed is reported without any token', async () => {
    const token: Answer = (_seen, response) => json(response, 400, { error: 'invalid_grant', was: 'first-refresh' })
    const { client } = await start(() => true, token, { 'id-token': idToken('jo', -10) })

    const failure = await client.request('GET', '/version', {}, soon()).catch((error: unknown) => error)

    expect(failure).toMatchObject({ code: 'CLUSTER_UNAUTHORIZED', message: expect.stringContaining('did not renew') })
    expect(JSON.stringify(failure)).not.toContain('first-refresh')
  })
})

it('a refresh token is not sent without encryption, although the sign-in service requests it', async () => {
  const issuer = await serveApi(tls, (_seen, response) =>
    json(response, 200, { issuer: issuer.url, token_endpoint: 'http://203.0.113.1/token' }),
  )
  onTestFinished(() => issuer.close())
  const config = {
    'client-id': 'kubernetes',
    'idp-issuer-url': issuer.url,
    'idp-certificate-authority-data': Buffer.from(tls.ca).toString('base64'),
    'refresh-token': 'first-refresh',
  }

  await expect(refreshTokens(config, soon())).rejects.toMatchObject({
    code: 'CLUSTER_UNAUTHORIZED',
    message: expect.stringContaining('without encryption'),
  })
})
