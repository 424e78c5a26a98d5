// One server of the demo plane, or the charts for Flux, in a pod of the cluster. `bundle.ts` makes one file of it.
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { z } from 'zod'
import { startAcme } from '../../peers/acme.ts'
import type { Authority } from '../../peers/authority.ts'
import { startControlPlane } from '../../peers/control-plane.ts'
import { startDnsService } from '../../peers/dns-service.ts'
import { startGitHost } from '../../peers/git-host.ts'
import { startGlobalAdaptor } from '../../peers/global-adaptor.ts'
import { startKeyVault } from '../../peers/key-vault.ts'
import { type ListenAddress, startPeerServer } from '../../peers/peer-server.ts'
import type { PeerName } from '../../peers/peers.ts'
import { createPrograms } from '../../peers/program.ts'
import { startRegistry } from '../../peers/registry.ts'
import { startSmallBroker } from '../../peers/small-broker.ts'

/** What its Deployment sets. */
const Environment = z.object({
  SERVICE: z.string(),
  HOST: z.string(),
  /** The pod's own address. */
  ADDRESS: z.string(),
  PORT: z.coerce.number().int(),
  /** The folder of its Secret, or of the charts. */
  FILES: z.string(),
})
const { SERVICE, HOST, ADDRESS, PORT, FILES } = Environment.parse(process.env)

const listenAddress: ListenAddress = { host: HOST, address: ADDRESS, port: PORT }
const end = new AbortController()
const programs = createPrograms(end.signal)
const read = (name: string): string => readFileSync(join(FILES, name), 'utf8')

/** The authority's own key stays on the computer that made it: the one certificate of this server comes in its Secret. */
const issued = (): Authority => ({
  commonName: '',
  certificate: read('ca.crt'),
  key: '',
  issue: () => ({ certificate: read('tls.crt'), key: read('tls.key') }),
})
const broker = (dialect: 'amqp1' | 'amqp091') => () =>
  startSmallBroker(
    listenAddress,
    dialect,
    issued(),
    { username: read('username'), password: read('secret') },
    end.signal,
  )
const registry = () => startRegistry(listenAddress, issued(), '', { real: false, password: read('secret') }, programs)

function startCharts(): Promise<unknown> {
  const archives = new Map(readdirSync(FILES).map((name) => [`/${name}`, join(FILES, name)]))
  const create = () =>
    createServer(({ url = '' }, response) => {
      const archive = archives.get(url)
      response.writeHead(archive === undefined ? 404 : 200, { 'content-type': 'application/gzip' })
      response.end(archive === undefined ? '' : readFileSync(archive))
    })
  return startPeerServer(listenAddress, create, end.signal)
}

const starts: Readonly<Record<PeerName | 'charts', () => Promise<unknown>>> = {
  controlPlane: () => startControlPlane(listenAddress, issued(), end.signal),
  globalAdaptor: () => startGlobalAdaptor(listenAddress, issued(), end.signal),
  serviceBus: broker('amqp1'),
  eventHub: broker('amqp091'),
  keyVault: () => startKeyVault(listenAddress, issued(), end.signal, read('secret')),
  registry,
  vendorRegistry: registry,
  dnsService: () => startDnsService(listenAddress, issued(), end.signal),
  acme: () => startAcme(listenAddress, issued(), '', { real: false }, programs),
  git: () => startGitHost(listenAddress, issued(), '', end.signal),
  charts: startCharts,
}

// The first process of a container ignores the signals that it does not handle.
process.on('SIGTERM', () => process.exit(0))
const start = Object.entries(starts).find(([name]) => name === SERVICE)?.[1]
if (start === undefined) throw new Error(`There is no service "${SERVICE}".`)
await start()
console.log(`${SERVICE} listens on ${ADDRESS} port ${PORT}.`)
