import { type Asked, answering, html, json, type Page, serveClearPage, servePage } from '../servers/http.ts'
import { serveTls } from '../servers/serve.ts'
import { type Case, fault, fine } from './case.ts'
import { answers } from './pages.ts'

/** The challenge of a registry that issues its tokens itself, or at another address. */
const bearer = (
  { headers }: Pick<Asked, 'headers'>,
  realm = `https://${headers.host}/token`,
): Readonly<Record<string, string>> => ({ 'WWW-Authenticate': `Bearer realm="${realm}",service="registry"` })
const directory = { newNonce: 'n', newAccount: 'a', newOrder: 'o' }
/** An ACME server that answers the request for a nonce with these headers. */
const acmeServer =
  (headers: Readonly<Record<string, string>>, status = 200) =>
  ({ method, headers: { host } }: Asked): Page =>
    method === 'HEAD'
      ? { status, headers }
      : json({ newNonce: `https://${host}/nonce`, newAccount: `https://${host}/a`, newOrder: `https://${host}/o` })
const nginx404 = html('<center><h1>404 Not Found</h1></center>', 404, { Server: 'nginx' })
const advertisement: Page = {
  headers: { 'Content-Type': 'application/x-git-upload-pack-advertisement' },
  body: '001e# service=git-upload-pack\n0000',
}
const tokens = 'Bearer authorization_uri="https://login.windows.net/common", error="invalid_token"'
const keyVault = 'Bearer authorization="https://login.windows.net/t", resource="https://vault.azure.net"'
const asks = (challenge: string, status = 401): Page => json({ error: {} }, status, { 'WWW-Authenticate': challenge })
const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 403 }
const wrong = ['identity.protocol'] as const
/** A registry that issues its tokens itself, and answers the request for one so. */
const issuing =
  (token: Page) =>
  (asked: Asked): Page =>
    asked.path.startsWith('/token') ? token : json({ errors: [] }, 401, bearer(asked))

/** Protocols over HTTP, each with its own response and with similar ones. */
export const protocols: readonly Case[] = [
  fault(
    'auth.required',
    'a registry, identified by its challenge',
    answers('oci', (asked) => json({ errors: [] }, 401, bearer(asked))),
    {
      near: wrong,
    },
  ),
  fault(
    'auth.required',
    'a registry that requires Basic',
    answers('oci', json({ errors: [{}] }, 401, { 'WWW-Authenticate': 'Basic realm="r"' })),
    { near: wrong },
  ),
  fine(
    wrong,
    'a registry, identified by its version header',
    answers('oci', json({}, 200, { 'Docker-Distribution-Api-Version': 'registry/2.0' })),
  ),
  fault('identity.protocol', 'JSON that is not of a registry', answers('oci', json({ hello: 'world' })), {
    near: ['auth.required'],
  }),
  fault('identity.protocol', 'a bare 401 in place of a registry', answers('oci', { status: 401 }), {
    near: ['auth.required'],
  }),
  fault('identity.protocol', 'an empty 200 in place of a registry', answers('oci', { status: 200, body: '' })),
  fine(wrong, 'an ACME directory', answers('acme', json(directory))),
  fine(
    wrong,
    'an ACME directory at another path',
    answers('acme', ({ path }) => (path === '/dir' ? json(directory) : json({})), { path: '/dir' }),
  ),
  fault('identity.protocol', 'half an ACME directory', answers('acme', json({ newNonce: 'n' }))),
  fine(
    wrong,
    'a git server that advertises',
    answers('git', ({ path }) => (path === '/o/r.git/info/refs?service=git-upload-pack' ? advertisement : nginx404), {
      path: '/o/r.git',
    }),
  ),
  fault(
    'identity.protocol',
    'a git server without the repository',
    answers('git', () => nginx404, { path: '/o/other.git' }),
    { near: ['identity.block-page'] },
  ),
  fault(
    'auth.required',
    'a git server that requires Basic',
    answers('git', { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="GitHub"' } }),
  ),
  fault(
    'identity.protocol',
    'a page with git’s content type and another body',
    answers('git', { ...advertisement, body: 'hello' }),
  ),
  fault(
    'identity.protocol',
    'a server that requires Bearer in place of git',
    answers('git', { status: 401, headers: { 'WWW-Authenticate': 'Bearer realm="x"' } }),
    { near: ['auth.required'] },
  ),
  fault('auth.required', 'Azure Resource Manager, identified by its token server', answers('arm', asks(tokens))),
  fault(
    'identity.protocol',
    'the challenge of another service in place of Azure',
    answers('arm', asks('Bearer realm="x"')),
    {
      near: ['auth.required'],
    },
  ),
  fault('auth.required', 'an Azure Key Vault, identified by its challenge', answers('vault', asks(keyVault))),
  fault('identity.protocol', 'Azure Resource Manager in place of a Key Vault', answers('vault', asks(tokens)), {
    near: ['auth.required'],
  }),
  fine(wrong, 'a vault, identified by its health', answers('vault', json({ initialized: true, sealed: false }))),
  fault('identity.unavailable', 'a sealed vault', answers('vault', json({ initialized: true, sealed: true }, 503)), {
    near: wrong,
  }),
  fault(
    'identity.unavailable',
    'a vault that is not initialised',
    answers('vault', json({ initialized: false, sealed: true }, 501)),
  ),
  fault(
    'identity.unavailable',
    'a sealed vault that answers 200',
    answers('vault', json({ initialized: true, sealed: true }, 200)),
  ),
  fault('auth.required', 'a vault that denies access', answers('vault', json({ errors: ['permission denied'] }, 403))),
  fault(
    'auth.required',
    'AWS Secrets Manager',
    answers('vault', json({ __type: 'MissingAuthenticationToken' }, 400, { 'X-Amzn-RequestId': 'a' })),
  ),
  fault(
    'auth.required',
    'Google Secret Manager',
    answers('vault', json({ error: { code: 401, status: 'UNAUTHENTICATED' } }, 401)),
  ),
  fault('identity.protocol', 'a health page that is not of a vault', answers('vault', json({ status: 'ok' }))),
  fine(
    wrong,
    'an API server, identified by its version',
    answers('kubernetes', json({ major: '1', minor: '36', gitVersion: 'v1.36.0' })),
  ),
  fault('auth.required', 'an API server, identified by its Status', answers('kubernetes', json(status, 401))),
  fault(
    'identity.protocol',
    'a 401 that is not of an API server',
    answers('kubernetes', json({ message: 'no' }, 401)),
    {
      near: ['auth.required'],
    },
  ),
  fault(
    'identity.protocol',
    'JSON with a version that is not of an API server',
    answers('kubernetes', json({ version: 3 })),
  ),

  fault(
    'identity.unavailable',
    'a vault that is unsealed and not initialised',
    answers('vault', json({ initialized: false, sealed: false }, 501)),
  ),
  fault(
    'identity.block-page',
    'a page with the text of a vault',
    answers('vault', html('{"initialized":true,"sealed":false}')),
    {
      near: ['identity.protocol'],
    },
  ),
  fault(
    'identity.protocol',
    'a page with the challenge of a registry',
    answers('oci', (asked) => html('Sign in', 401, bearer(asked))),
    {
      near: ['auth.required'],
    },
  ),
  fault(
    'identity.protocol',
    'the realm of a portal in place of a registry',
    answers('oci', { status: 401, headers: { 'WWW-Authenticate': 'Bearer realm="Portal"' } }),
    { near: ['auth.required'] },
  ),
  fault(
    'identity.protocol',
    'an application behind an AWS gateway in place of a secret store',
    answers('vault', json({ message: 'Missing Authentication Token' }, 403, { 'x-amzn-RequestId': 'b1f7' })),
    { near: ['auth.required'] },
  ),

  fault(
    'identity.unproven',
    'an empty object without TLS in place of a registry',
    async () => ({
      row: { port: (await serveClearPage(json({}))).port, protocol: 'oci', tls: false },
    }),
    { works: false, near: ['auth.required'] },
  ),
  fine(['identity.unproven'], 'a registry without TLS, identified by its version header', async () => ({
    row: {
      port: (await serveClearPage(json({}, 200, { 'Docker-Distribution-Api-Version': 'registry/2.0' }))).port,
      protocol: 'oci',
      tls: false,
    },
  })),
  fine(wrong, 'an empty object over TLS, which is a valid response of a registry', answers('oci', json({}))),

  fault(
    'auth.required',
    'a git server that offers Bearer before Basic, with a page',
    answers('git', {
      ...html('<title>Azure DevOps Services | Sign In</title>', 401),
      headers: {
        'Content-Type': 'text/html',
        'WWW-Authenticate':
          'Bearer authorization_uri=https://login.windows.net/t, Basic realm="https://far.hangar.test/", TFS-Federated',
      },
    }),
    { near: ['identity.protocol', 'identity.block-page'] },
  ),
  fault(
    'auth.required',
    'a git server that offers Basic after Negotiate and NTLM',
    answers('git', asks('Negotiate, NTLM, BASIC realm="git"')),
  ),
  fault(
    'identity.protocol',
    'a git server that offers only what git’s libraries do not support',
    answers('git', asks('Negotiate, NTLM')),
    { near: ['auth.required'] },
  ),
  fault(
    'identity.protocol',
    'a challenge that only mentions Basic',
    answers('git', asks('Bearer realm="Basic auth is off"')),
    { near: ['auth.required'] },
  ),
  fault(
    'auth.required',
    'a registry that offers Basic before Bearer',
    answers('oci', (asked) =>
      json({}, 401, { 'WWW-Authenticate': `Basic realm="Artifactory", ${bearer(asked)['WWW-Authenticate']}` }),
    ),
  ),
  fault(
    'auth.required',
    'Azure Resource Manager that offers another scheme first',
    answers('arm', asks(`PoP nonce="x", ${tokens}`)),
  ),
  fault(
    'auth.required',
    'a Key Vault that names itself before its token server',
    answers('vault', asks('Bearer resource="https://vault.azure.net", authorization="https://login.windows.net/t"')),
  ),
  fault(
    'auth.required',
    'an API server behind Rancher',
    answers('kubernetes', json({ type: 'error', status: '401', message: 'must authenticate' }, 401)),
    { near: wrong },
  ),
  fault(
    'auth.required',
    'an API server behind Rancher that forbids the request',
    answers('kubernetes', json({ type: 'error', status: '403', message: 'forbidden: clusters is forbidden' }, 403)),
    { near: wrong },
  ),
  fault(
    'identity.protocol',
    'an error in another format that resembles Rancher’s',
    answers('kubernetes', json({ type: 'error', status: '401', message: 'no such shop' }, 401)),
    { near: ['auth.required'] },
  ),

  fault(
    'dns.sinkhole',
    'a registry whose token server is another port of the same host, where nothing listens',
    answers('oci', (asked) => json({ errors: [] }, 401, bearer(asked, 'https://far.hangar.test:1/token'))),
    { near: ['auth.required'] },
  ),
  fault(
    'dns.sinkhole',
    'a registry whose token server has the default port, which is closed',
    answers('oci', (asked) => json({ errors: [] }, 401, bearer(asked, 'https://far.hangar.test/token'))),
    { near: ['auth.required'] },
  ),
  fault('auth.required', 'a registry whose token server is another port of the same host', async () => {
    const tokens = await servePage(json({ token: 'x' }))
    return answers('oci', (asked) =>
      json({ errors: [] }, 401, bearer(asked, `https://far.hangar.test:${tokens.port}/token`)),
    )()
  }),
  fault(
    'dns.sinkhole',
    'a registry whose token server has no TLS, and is closed',
    answers('oci', (asked) => json({ errors: [] }, 401, bearer(asked, 'http://far.hangar.test:1/token'))),
    { near: ['auth.required', 'auth.clear-text'] },
  ),
  fault(
    'auth.clear-text',
    'a registry whose token server has no TLS',
    async () => {
      const tokens = await serveClearPage(json({ token: 'x' }))
      return answers('oci', (asked) =>
        json({ errors: [] }, 401, bearer(asked, `http://far.hangar.test:${tokens.port}/token`)),
      )()
    },
    { near: ['auth.required', 'identity.unproven'] },
  ),
  fault(
    'auth.clear-text',
    'a Key Vault that names a sign-in page without TLS',
    answers('vault', asks(keyVault.replace('https://login.windows.net', 'http://login.windows.net'))),
    { near: ['auth.required'] },
  ),
  fine(
    ['auth.clear-text'],
    'a service with a link without TLS',
    answers('https', json({ realm: 'http://far.hangar.test/token' })),
  ),

  fault('auth.required', 'a registry that issues tokens itself', answers('oci', issuing(json({ token: 'x' }))), {
    near: ['identity.protocol', 'identity.unavailable', 'identity.silent'],
  }),
  fault(
    'identity.unavailable',
    'a registry whose own token server reports an outage',
    answers('oci', issuing({ status: 503 })),
    { near: ['auth.required'] },
  ),
  fault(
    'identity.protocol',
    'a registry whose own token server does not exist',
    answers('oci', issuing(json({ message: 'not found' }, 404))),
    { near: ['auth.required'] },
  ),
  fault(
    'identity.block-page',
    'a registry with a page of another application in place of its own token server',
    answers('oci', issuing(html('Welcome'))),
    { near: ['auth.required'] },
  ),
  fault(
    'identity.silent',
    'a registry whose own token server does not respond',
    async () => {
      const registry = answering((asked) => json({ errors: [] }, 401, bearer(asked)))
      const server = await serveTls((socket) => {
        socket.once('data', (chunk: Buffer) => {
          if (chunk.toString('latin1').startsWith('GET /token')) return
          registry(socket)
          socket.emit('data', chunk)
        })
      })
      return { row: { port: server.port, protocol: 'oci' } }
    },
    { near: ['auth.required'] },
  ),
  fault(
    'identity.protocol',
    'a registry whose token server is a path and no URL',
    answers('oci', (asked) =>
      json({ errors: [] }, 401, {
        'Docker-Distribution-Api-Version': 'registry/2.0',
        ...bearer(asked, '/service/token'),
      }),
    ),
    { near: ['auth.required'] },
  ),
  fault(
    'auth.required',
    'an API server that refuses in plain text',
    answers('kubernetes', {
      status: 401,
      headers: { 'Content-Type': 'text/plain', 'Audit-Id': '1' },
      body: 'Unauthorized',
    }),
    { near: wrong },
  ),
  fault(
    'auth.required',
    'a vault that does not have the path in its namespace',
    answers('vault', json({ errors: ['unsupported path'] }, 404)),
    { near: wrong },
  ),
  fault(
    'identity.protocol',
    'errors of another service in place of a vault',
    answers('vault', json({ errors: ['x'] }, 404)),
  ),

  fine(wrong, 'an ACME directory that gives nonces', answers('acme', acmeServer({ 'Replay-Nonce': 'n1' }))),
  fault('identity.protocol', 'an ACME server whose newNonce gives no nonce', answers('acme', acmeServer({}))),
  fault(
    'identity.unavailable',
    'an ACME server whose newNonce reports an outage',
    answers('acme', acmeServer({}, 503)),
    { near: ['identity.protocol'] },
  ),
  fault(
    'identity.source-denied',
    'an ACME server behind a protection of everything but the directory',
    answers('acme', acmeServer({ 'x-ms-forbidden-ip': '203.0.113.7' }, 403)),
    { near: ['identity.protocol'] },
  ),
  fault('identity.silent', 'an ACME server whose newNonce does not respond', async () => {
    const directoryOnly = answering((asked) => acmeServer({})(asked))
    const server = await serveTls((socket) => {
      socket.once('data', (chunk: Buffer) => {
        if (chunk.toString('latin1').startsWith('HEAD')) return
        directoryOnly(socket)
        socket.emit('data', chunk)
      })
    })
    return { row: { port: server.port, protocol: 'acme' } }
  }),
]
