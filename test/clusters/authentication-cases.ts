import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { json, type Listening, type Seen, serveApi, serveProxy } from './api-server.ts'
import type { makeCertificates } from './certificates.ts'
import { kubeconfigFolder } from './kubeconfig-folder.ts'

type Certificates = Awaited<ReturnType<typeof makeCertificates>>
type Fields = Record<string, unknown>

/** What a case may refer to: the server, the sign-in service, a proxy, and certificates. */
interface Surroundings {
  readonly server: Listening
  readonly issuer: Listening
  readonly proxyUrl: string
  readonly tls: Certificates
}

export interface AuthenticationCase {
  readonly name: string
  readonly cluster?: (around: Surroundings) => Fields
  readonly user?: (around: Surroundings) => Fields
  readonly environment?: (around: Surroundings) => Record<string, string>
  /** Files beside the kubeconfig; one named `sign-in` is a program. */
  readonly files?: (around: Surroundings) => Record<string, string>
  /** How the sign-in service differs from the usual. */
  readonly signIn?: {
    /** Its own name in the discovery document, after its address. */
    readonly issuerPath?: string
    /** Accepts a client secret only in the body. */
    readonly refusesHeader?: boolean
    readonly tokenType?: string
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** An ID token without a signature, which clients do not check. */
const idToken = (subject: string, secondsFromNow: number): string => {
  const exp = Math.round(Date.now() / 1_000) + secondsFromNow
  return `${encode({ alg: 'none' })}.${encode({ sub: subject, exp })}.`
}

const printCredential = (status: Fields): string =>
  `#!/bin/sh\ncat <<'END'\n${JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status })}\nEND\n`
const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './sign-in', interactiveMode: 'IfAvailable' }
const certificate = ({ tls }: Surroundings): Fields => ({
  'client-certificate-data': base64(tls.client.cert),
  'client-key-data': base64(tls.client.key),
})
const oidc =
  (config: Fields) =>
  (around: Surroundings): Fields => ({
    'auth-provider': {
      name: 'oidc',
      config: {
        'client-id': 'kubernetes',
        'idp-issuer-url': around.issuer.url,
        'idp-certificate-authority-data': base64(around.tls.ca),
        'id-token': idToken('ended', -10),
        'refresh-token': 'refresh',
        ...config,
      },
    },
  })
const named = ({ server, tls }: Surroundings): Fields => ({
  server: `https://api.cluster.test:${server.port}`,
  'certificate-authority-data': base64(tls.ca),
})

export const authenticationCases: readonly AuthenticationCase[] = [
  { name: 'nobody' },
  { name: 'token', user: () => ({ token: 'abc' }) },
  { name: 'token file', user: () => ({ tokenFile: 'token' }), files: () => ({ token: 'from-file\n' }) },
  {
    name: 'token and token file',
    user: () => ({ token: 'abc', tokenFile: 'token' }),
    files: () => ({ token: 'from-file' }),
  },
  { name: 'user name and password', user: () => ({ username: 'jo', password: 'secret' }) },
  { name: 'user name, password and token', user: () => ({ username: 'jo', password: 'secret', token: 'abc' }) },
  { name: 'certificate', user: certificate },
  {
    name: 'certificate files',
    user: () => ({ 'client-certificate': 'client.crt', 'client-key': './client.key' }),
    files: ({ tls }) => ({ 'client.crt': tls.client.cert, 'client.key': tls.client.key }),
  },
  { name: 'certificate and token', user: (around) => ({ ...certificate(around), token: 'abc' }) },
  { name: 'impersonation', user: () => ({ token: 'abc', as: 'jo', 'as-uid': 'u1', 'as-groups': ['ops', 'dev'] }) },
  {
    name: 'impersonation with extra fields',
    user: () => ({ token: 'abc', as: 'jo', 'as-user-extra': { 'acme.com/project': ['a', 'b'] } }),
  },
  { name: 'groups without a user to impersonate', user: () => ({ token: 'abc', 'as-groups': ['ops'] }) },
  {
    name: 'program with a token',
    user: () => ({ exec }),
    files: () => ({ 'sign-in': printCredential({ token: 'from-program' }) }),
  },
  {
    name: 'program with a certificate',
    user: () => ({ exec }),
    files: ({ tls }) => ({
      'sign-in': printCredential({ clientCertificateData: tls.client.cert, clientKeyData: tls.client.key }),
    }),
  },
  {
    name: 'program and token',
    user: () => ({ exec, token: 'abc' }),
    files: () => ({ 'sign-in': printCredential({ token: 'from-program' }) }),
  },
  {
    name: 'program with variables of its own',
    user: () => ({ exec: { ...exec, env: [{ name: 'REGION', value: 'north' }] } }),
    files: () => ({ 'sign-in': printCredential({ token: '$REGION' }).replace("'END'", 'END') }),
  },
  {
    name: 'program with null lists',
    user: () => ({ exec: { ...exec, args: null, env: null } }),
    files: () => ({ 'sign-in': printCredential({ token: 'from-program' }) }),
  },
  { name: 'OIDC that holds', user: oidc({ 'id-token': idToken('holds', 600) }) },
  { name: 'OIDC that has ended', user: oidc({}) },
  { name: 'OIDC that has ended, with a secret', user: oidc({ 'client-secret': 'right' }) },
  {
    name: 'OIDC that has ended, issuer with a slash at its end',
    user: (around) => oidc({ 'idp-issuer-url': `${around.issuer.url}/` })(around),
  },
  {
    name: 'OIDC that has ended, secret accepted in the body alone',
    user: oidc({ 'client-secret': 'right' }),
    signIn: { refusesHeader: true },
  },
  {
    name: 'OIDC that has ended, issuer that names a template, as Entra does',
    user: oidc({}),
    signIn: { issuerPath: '/{tenantid}/v2.0' },
  },
  { name: 'OIDC that has ended, answer without a token type', user: oidc({}), signIn: { tokenType: '' } },
  {
    name: 'another name for the server',
    cluster: ({ tls }) => ({ 'certificate-authority-data': base64(tls.ca), 'tls-server-name': 'api.cluster.test' }),
  },
  { name: 'no check of the certificate', cluster: () => ({ 'insecure-skip-tls-verify': true }) },
  { name: 'unknown authority', cluster: () => ({}) },
  {
    name: 'authority in a file',
    cluster: () => ({ 'certificate-authority': 'ca.crt' }),
    files: ({ tls }) => ({ 'ca.crt': tls.ca }),
  },
  {
    name: 'server behind a gateway',
    cluster: ({ server, tls }) => ({
      server: `${server.url}/k8s/clusters/c-1/`,
      'certificate-authority-data': base64(tls.ca),
    }),
  },
  {
    name: 'proxy of the kubeconfig',
    cluster: (around) => ({ ...named(around), 'proxy-url': around.proxyUrl }),
    environment: () => ({ NO_PROXY: '*' }),
  },
  { name: 'proxy of the environment', cluster: named, environment: ({ proxyUrl }) => ({ HTTPS_PROXY: proxyUrl }) },
  {
    name: 'proxy of the environment, exempted',
    cluster: named,
    environment: ({ proxyUrl }) => ({ HTTPS_PROXY: proxyUrl, NO_PROXY: '.cluster.test' }),
  },
  { name: 'proxy of the environment, loopback', environment: ({ proxyUrl }) => ({ HTTPS_PROXY: proxyUrl }) },
]

/** Sends a request to the API server of this kubeconfig. Its failure does not matter. */
export type Ask = (kubeconfig: string, environment: Readonly<Record<string, string>>) => Promise<unknown>

/** The first request that the API server received. Each case has its own server, so that cases do not interfere. */
export async function receivedFrom(
  ask: Ask,
  { cluster, user, environment, files, signIn = {} }: AuthenticationCase,
  tls: Certificates,
): Promise<string> {
  const server = await serveApi(tls, (_seen, response) => json(response, 200, { gitVersion: 'v1.36.3', items: [] }))
  const issuer = await serveApi(tls, (seen, response) => {
    if (seen.url.pathname === '/.well-known/openid-configuration')
      return json(response, 200, {
        issuer: `${issuer.url}${signIn.issuerPath ?? ''}`,
        token_endpoint: `${issuer.url}/token`,
      })
    if (signIn.refusesHeader && seen.headers.authorization !== undefined)
      return json(response, 401, { error: 'invalid_client' })
    const form = new URLSearchParams(seen.body)
    const [, password = form.get('client_secret') ?? ''] = Buffer.from(
      (seen.headers.authorization ?? '').replace('Basic ', ''),
      'base64',
    )
      .toString()
      .split(':')
    const token_type = signIn.tokenType ?? 'Bearer'
    const token = {
      access_token: 'access',
      ...(token_type === '' ? {} : { token_type }),
      id_token: idToken(`with "${password}"`, 600),
    }
    return json(response, 200, token)
  })
  const proxy = await serveProxy()
  const around = { server, issuer, proxyUrl: proxy.url, tls }
  const trusted = { server: server.url, 'certificate-authority-data': base64(tls.ca) }
  const own = cluster?.(around)
  const config = await kubeconfigFolder(
    own === undefined ? trusted : { server: server.url, ...own },
    user?.(around) ?? {},
  )
  try {
    for (const [name, text] of Object.entries(files?.(around) ?? {})) {
      await writeFile(join(config.folder, name), text)
      if (name === 'sign-in') await chmod(join(config.folder, name), 0o700)
    }
    const [file = ''] = config.connection.files
    await ask(file, environment?.(around) ?? {}).catch(() => undefined)
    const [first] = server.seen
    const through = proxy.asked.length > 0 ? ' through the proxy' : ''
    return `${first === undefined ? 'nothing' : describe(first)}${through}`
  } finally {
    await Promise.all([server.close(), issuer.close(), proxy.close(), config.remove()])
  }
}

function describe({ headers, url, clientName, serverName }: Seen): string {
  const authorization = (headers.authorization ?? '').replace(/^Bearer [\w-]+\.([\w-]+)\.$/, (_all, claims: string) =>
    String(JSON.parse(Buffer.from(claims, 'base64url').toString()).sub),
  )
  const impersonation = Object.entries(headers)
    .filter(([name]) => name.startsWith('impersonate-'))
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
  const prefix = url.pathname.replace(/\/(api|apis|version)(\/.*)?$/, '')
  return [
    authorization === '' ? 'no authorization' : authorization,
    ...(clientName === undefined ? [] : [`certificate of ${clientName}`]),
    ...impersonation,
    ...(prefix === '' ? [] : [`below ${prefix}`]),
    ...(serverName === '' ? [] : [`for ${serverName}`]),
  ].join(', ')
}
