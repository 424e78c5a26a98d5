import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { BuildProblem } from '../../scripts/build-programs.ts'
import { build, type ProgramName } from '../bed/programs.ts'
import { type AcmeAuthority, startAcme } from './acme.ts'
import { type Authority, createAuthority } from './authority.ts'
import { type Brokers, startBrokers } from './brokers.ts'
import { type ControlPlane, startControlPlane } from './control-plane.ts'
import { startDnsService } from './dns-service.ts'
import { type GitHost, startGitHost } from './git-host.ts'
import { startGlobalAdaptor } from './global-adaptor.ts'
import { type KeyVault, startKeyVault } from './key-vault.ts'
import type { PeerServer } from './peer-server.ts'
import { createPrograms } from './program.ts'
import { type Registry, startRegistry } from './registry.ts'
import { stockPrivateRegistry, stockVendorRegistry } from './stock.ts'

/** The servers of the demo plane, outside its cluster. Each can be stopped and started alone. */
export type Peers = {
  readonly address: string
  readonly authority: Authority
  readonly controlPlane: ControlPlane
  readonly globalAdaptor: PeerServer
  readonly serviceBus: PeerServer
  readonly eventHub: PeerServer
  readonly keyVault: KeyVault
  /** The registry of the private network. */
  readonly registry: Registry
  readonly vendorRegistry: Registry
  readonly dnsService: PeerServer
  readonly acme: AcmeAuthority
  readonly git: GitHost
  readonly brokers: Brokers
  /** Host name to address, for resolvers. */
  readonly names: Readonly<Record<string, string>>
  /** The small servers in place of real programs, with the reasons. */
  readonly notes: readonly string[]
  stop(): Promise<void>
}

/** The first part of each server's host name. */
export const hosts = {
  controlPlane: 'control-plane',
  globalAdaptor: 'global-adaptor',
  serviceBus: 'service-bus',
  eventHub: 'event-hub',
  keyVault: 'key-vault',
  registry: 'registry',
  vendorRegistry: 'vendor-registry',
  dnsService: 'dns-service',
  acme: 'acme',
  git: 'git',
} as const
export type PeerName = keyof typeof hosts
export const peerNames = Object.keys(hosts) as readonly PeerName[] // keys as written above

export type PeerOptions = {
  /** Where they listen: an address that pods reach. */
  readonly address: string
  /** For their state; the caller removes it. */
  readonly folder: string
  /** Default `demo.hangar.test`. */
  readonly zone?: string
  /** `small`: none of the programs that take time to start or build; for tests of something else. */
  readonly programs?: 'real' | 'small'
  readonly ports?: Partial<Readonly<Record<PeerName, number>>>
  readonly onProgress?: (text: string) => void
}

/** The servers that Go builds. */
export const serverPrograms: readonly ProgramName[] = ['registry', 'pebble']

/** Why registry and pebble are not available; undefined where they are. */
const missingPrograms = async (
  onProgress: (text: string) => void,
  signal: AbortSignal,
): Promise<string | undefined> => {
  try {
    await build(serverPrograms, { onProgress: ({ text }) => onProgress(text), signal })
    return undefined
  } catch (error) {
    if (error instanceof BuildProblem) return error.message
    throw error
  }
}

const whyRabbitmq =
  'RabbitMQ is not installed (Debian: rabbitmq-server): service bus and event hub let clients in and carry no messages.'

/** Starts them all. They end with `stop`, with the signal, or with this process. */
export const startPeers = async (options: PeerOptions, signal: AbortSignal): Promise<Peers> => {
  const {
    address,
    folder,
    zone = 'demo.hangar.test',
    programs = 'real',
    ports = {},
    onProgress = () => undefined,
  } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const ending = new AbortController()
  const life = AbortSignal.any([signal, ending.signal])
  const started = createPrograms(life)
  const listenAddress = (name: PeerName) => ({ host: `${hosts[name]}.${zone}`, address, port: ports[name] })
  const authority = createAuthority()
  const notes: string[] = []
  const missing = programs === 'small' ? 'small servers were asked for' : await missingPrograms(onProgress, life)
  if (missing) notes.push(`Registries and ACME authority are small servers: ${missing}`)
  const real = { real: missing === undefined }
  try {
    onProgress('starting the servers')
    const [brokers, registry, vendorRegistry, acme, git, controlPlane, globalAdaptor, keyVault, dnsService] =
      await Promise.all([
        startBrokers(
          { serviceBus: listenAddress('serviceBus'), eventHub: listenAddress('eventHub') },
          authority,
          join(folder, 'brokers'),
          { real: programs === 'real' },
          started,
        ),
        startRegistry(listenAddress('registry'), authority, join(folder, 'registry'), real, started),
        startRegistry(listenAddress('vendorRegistry'), authority, join(folder, 'vendor-registry'), real, started),
        startAcme(listenAddress('acme'), authority, join(folder, 'acme'), real, started),
        startGitHost(listenAddress('git'), authority, join(folder, 'git'), life),
        startControlPlane(listenAddress('controlPlane'), authority, life),
        startGlobalAdaptor(listenAddress('globalAdaptor'), authority, life),
        startKeyVault(listenAddress('keyVault'), authority, life),
        startDnsService(listenAddress('dnsService'), authority, life),
      ])
    if (real.real) await Promise.all([stockVendorRegistry(vendorRegistry, life), stockPrivateRegistry(registry, life)])
    if (brokers.kind === 'small') notes.push(whyRabbitmq)
    if (git.kind === 'small') notes.push('git is not installed: the Git host only shows an empty repository.')
    const { serviceBus, eventHub } = brokers
    const protocols = {
      controlPlane,
      globalAdaptor,
      serviceBus,
      eventHub,
      keyVault,
      registry,
      vendorRegistry,
      dnsService,
      acme,
      git,
    }
    return {
      address,
      authority,
      ...protocols,
      brokers,
      notes,
      names: Object.fromEntries(Object.values(protocols).map(({ host }) => [host, address])),
      stop: async () => {
        await Promise.all(Object.values(protocols).map((peer) => peer.stop()))
        await started.end()
        ending.abort()
      },
    }
  } catch (error) {
    ending.abort()
    await started.end()
    throw error
  }
}
