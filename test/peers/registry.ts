import { createHash, randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { programPath } from '../bed/programs.ts'
import type { Authority } from './authority.ts'
import { type ListenAddress, type PeerServer, startPeerServer } from './peer-server.ts'
import type { Programs } from './program.ts'
import { type Access, readScope, registryToken } from './registry-token.ts'

type Artifact = {
  readonly config: { readonly mediaType: string; readonly bytes: Buffer }
  readonly layers: readonly { readonly mediaType: string; readonly bytes: Buffer }[]
}

export type Registry = PeerServer & {
  /** The real registry "distribution", or an empty small server in its place. */
  readonly kind: 'distribution' | 'small'
  readonly username: string
  readonly password: string
  /** Pushes an artifact, also while the port is closed. Resolves with its digest, or undefined for a small registry. */
  push(name: string, tag: string, artifact: Artifact, signal: AbortSignal): Promise<string | undefined>
}

const issuer = 'Tokens of the servers'
const readyLimitMs = 20_000
const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

const startDistribution = async (
  listenAddress: ListenAddress,
  realm: string,
  authority: Authority,
  folder: string,
  programs: Programs,
): Promise<number> => {
  await mkdir(folder, { recursive: true })
  const bundle = join(folder, 'authority.pem')
  await writeFile(bundle, authority.certificate)
  const file = join(folder, 'registry.yaml')
  const configuration = {
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'store') } },
    http: { addr: '127.0.0.1:0', relativeurls: true },
    auth: { token: { realm, service: listenAddress.host, issuer, rootcertbundle: bundle } },
  }
  await writeFile(file, stringify(configuration))
  const ready = /listening on 127\.0\.0\.1:(\d+)/
  const match = await programs.start(programPath('registry'), ['serve', file], { ready, limitMs: readyLimitMs })
  return Number(match[1])
}

/** Forwards a request to the registry behind. */
const forward = (port: number, request: IncomingMessage, response: ServerResponse): void => {
  const call = ask({ host: '127.0.0.1', port, method: request.method, path: request.url, headers: request.headers })
  call.on('response', (said) => {
    response.writeHead(said.statusCode ?? 502, said.headers)
    said.pipe(response)
  })
  call.on('error', () => response.destroy())
  response.on('close', () => call.destroy())
  request.pipe(call)
}

/**
 * A registry that requires a token: 401 with its realm at /v2/, tokens at /token for the account. In front of the
 * program `distribution` where it has been built.
 */
export const startRegistry = async (
  listenAddress: ListenAddress,
  authority: Authority,
  folder: string,
  { real, password = randomBytes(18).toString('base64url') }: { readonly real: boolean; readonly password?: string },
  programs: Programs,
): Promise<Registry> => {
  const username = 'plane'
  const signer = authority.issue({ commonName: issuer, names: [listenAddress.host] })
  const tokenFor = (access: readonly Access[]) =>
    registryToken({ issuer, service: listenAddress.host, subject: username, access }, signer)
  let behind: number | undefined
  let challenge = ''

  const giveToken = (request: IncomingMessage, response: ServerResponse): void => {
    const wanted = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    const isKnown = request.headers.authorization === wanted
    const scopes = new URL(request.url ?? '/', 'https://registry').searchParams.getAll('scope')
    response.writeHead(isKnown ? 200 : 401, {
      'content-type': 'application/json',
      ...(isKnown ? {} : { 'www-authenticate': `Basic realm="${listenAddress.host}"` }),
    })
    const refusal = { errors: [{ code: 'UNAUTHORIZED', message: 'user name and password are not known' }] }
    // The account can only pull; only this program pushes.
    const access = scopes
      .flatMap(readScope)
      .map((one) => ({ ...one, actions: one.actions.filter((action) => action === 'pull') }))
    response.end(JSON.stringify(isKnown ? { token: tokenFor(access), expires_in: 300 } : refusal))
  }
  const create = () => {
    const { certificate: cert, key } = authority.issue({
      names: [listenAddress.host],
      addresses: [listenAddress.address],
    })
    return createServer({ cert, key }, (request, response) => {
      if (request.url?.startsWith('/token')) return giveToken(request, response)
      if (behind !== undefined) return forward(behind, request, response)
      response.writeHead(401, {
        'content-type': 'application/json',
        'docker-distribution-api-version': 'registry/2.0',
        'www-authenticate': challenge,
      })
      response.end(
        JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'authentication required', detail: null }] }),
      )
      return undefined
    })
  }
  const peer = await startPeerServer(listenAddress, create, programs.signal)
  const realm = `https://${listenAddress.host}:${peer.port}/token`
  challenge = `Bearer realm="${realm}",service="${listenAddress.host}"`
  if (real) behind = await startDistribution(listenAddress, realm, authority, folder, programs)

  const push: Registry['push'] = async (name, tag, { config, layers }, limit) => {
    if (behind === undefined) return undefined
    const base = `http://127.0.0.1:${behind}/v2/${name}`
    const headers = { authorization: `Bearer ${tokenFor([{ type: 'repository', name, actions: ['pull', 'push'] }])}` }
    const check = (response: Response): Response => {
      if (!response.ok) throw new Error(`The registry answered ${response.status} to a push of ${name}.`)
      return response
    }
    for (const { bytes } of [config, ...layers]) {
      const opened = check(await fetch(`${base}/blobs/uploads/`, { method: 'POST', headers, signal: limit }))
      const url = new URL(opened.headers.get('location') ?? '', `http://127.0.0.1:${behind}`)
      url.searchParams.set('digest', digestOf(bytes))
      check(
        await fetch(url, {
          method: 'PUT',
          headers: { ...headers, 'content-type': 'application/octet-stream' },
          body: new Uint8Array(bytes),
          signal: limit,
        }),
      )
    }
    const describe = ({ mediaType, bytes }: Artifact['config']) => ({
      mediaType,
      digest: digestOf(bytes),
      size: bytes.length,
    })
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: manifestType,
        config: describe(config),
        layers: layers.map(describe),
      }),
    )
    check(
      await fetch(`${base}/manifests/${tag}`, {
        method: 'PUT',
        headers: { ...headers, 'content-type': manifestType },
        body: manifest,
        signal: limit,
      }),
    )
    return digestOf(manifest)
  }
  return Object.assign(peer, {
    kind: real ? ('distribution' as const) : ('small' as const),
    username,
    password,
    push,
  })
}
