import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:https'
import type { Authority } from './authority.ts'
import { type ListenAddress, type PeerServer, startPeerServer } from './peer-server.ts'

export type KeyVault = PeerServer & {
  /** The token that is permitted to read. */
  readonly token: string
  /** Replaces the value of a secret. */
  put(path: string, data: Readonly<Record<string, string>>): void
}

const same = (given: string, wanted: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** A key vault with the API of HashiCorp Vault: health, and version 2 of the key-value store. */
export const startKeyVault = async (
  listenAddress: ListenAddress,
  authority: Authority,
  signal: AbortSignal,
  token = `hvs.${randomBytes(24).toString('base64url')}`,
): Promise<KeyVault> => {
  const cluster = randomUUID()
  const secrets = new Map<string, { data: Readonly<Record<string, string>>; version: number; at: Date }>()
  const put: KeyVault['put'] = (path, data) =>
    void secrets.set(path, { data, version: (secrets.get(path)?.version ?? 0) + 1, at: new Date() })
  put('plane/integrations', { warehousePassword: randomBytes(12).toString('base64url') })

  const create = () => {
    const { certificate: cert, key } = authority.issue({
      names: [listenAddress.host],
      addresses: [listenAddress.address],
    })
    return createServer({ cert, key }, (request, response) => {
      const answer = (status: number, body: unknown) => {
        response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
        response.end(`${JSON.stringify(body)}\n`)
      }
      const path = (request.url ?? '').split('?')[0] ?? ''
      if (path === '/v1/sys/health') {
        const health = {
          initialized: true,
          sealed: false,
          standby: false,
          version: '1.17.0',
          cluster_name: 'hangar-test',
          cluster_id: cluster,
        }
        return answer(200, { ...health, server_time_utc: Math.floor(Date.now() / 1_000) })
      }
      const given = request.headers['x-vault-token']
      if (typeof given !== 'string' || !same(given, token)) return answer(403, { errors: ['permission denied'] })
      const found = secrets.get(path.replace(/^\/v1\/secret\/data\//, ''))
      if (!found) return answer(404, { errors: [] })
      const metadata = {
        created_time: found.at.toISOString(),
        version: found.version,
        destroyed: false,
        deletion_time: '',
      }
      return answer(200, {
        request_id: randomUUID(),
        lease_duration: 0,
        renewable: false,
        data: { data: found.data, metadata },
      })
    })
  }
  return Object.assign(await startPeerServer(listenAddress, create, signal), { token, put })
}
