import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRouterClient } from '@orpc/server'
import type { Change } from '../preload/contract/connectivity.ts'
import { type Plane, PlaneValues } from '../preload/contract/planes.ts'
import { Problem } from '../preload/contract/problem.ts'
import type { About, Settings } from '../preload/contract/settings.ts'
import type { JsonObject } from '../preload/contract/words.ts'
import { createClusters } from './clusters/clusters.ts'
import { placesOf } from './connectivity/allow-list/allow-list.ts'
import { createConnectivity, type PlaneRows } from './connectivity/connectivity.ts'
import { clusterOf } from './connectivity/vantage/resolve/cluster.ts'
import { type Notice, noticeOf } from './connectivity/watch/notification.ts'
import { faultMessage, writeFault } from './fault.ts'
import { version } from './home.ts'
import { createInstall } from './install/install.ts'
import { makePrivateFolder, sweepTemporary } from './lib/files.ts'
import { createLogs, type Logs } from './logs/logs.ts'
import { createOperations, type Operations } from './operations/operations.ts'
import { createPlanes, type Planes } from './planes/planes.ts'
import { createProfiles, type ResolvedProfile } from './profiles/profiles.ts'
import { type Client, createRouter, type Router } from './router.ts'
import { createSettings } from './settings/settings.ts'
import { createVault } from './vault/vault.ts'
import { createWorkloads } from './workloads/workloads.ts'

export interface AppOptions {
  /** Where all state is kept. */
  readonly home: string
  readonly host: About['host']
  /** Nothing is read from or written to `home`: a bare list is checked where no folder can be made. */
  readonly stateless?: boolean
  /** This kubeconfig in the place of KUBECONFIG and ~/.kube/config. */
  readonly kubeconfig?: string
  /** What the system says about a URL ("PROXY host:port; DIRECT"); absent: this host cannot ask it. */
  readonly resolveProxy?: (url: string) => Promise<string>
  /** Hears what to notify a person of, unless they do not want to be. */
  readonly notify?: (notice: AppNotice) => void
}

/** What a watch found changed, in words. */
export interface AppNotice extends Notice {
  /** Shows it in the window, as soon as there is one. */
  readonly open: () => void
}

/** The core as a host has it: the contract carried out, and what the terminal host reaches past it. */
export interface App {
  readonly router: Router
  readonly client: Client
  readonly logs: Logs
  readonly operations: Operations
  /** Leaves what runs as interrupted, ends the threads, closes the connections. */
  close(): Promise<void>
}

/** Profiles and charts that Hangar brings along: beside the sources, or beside the bundle; out of the archive, where helm reads. */
const assetsFolder = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../assets/' : '../../assets/', import.meta.url),
).replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked')

/** The composition root: every feature gets here what it needs of the others, and knows none of them. */
export async function createApp({
  home,
  host,
  kubeconfig,
  notify,
  resolveProxy,
  stateless = false,
}: AppOptions): Promise<App> {
  if (!stateless) {
    await makePrivateFolder(home).catch((error: Error) => {
      throw new Problem('HOME_UNUSABLE', `The state folder ${home} cannot be used (${error.message}).`, '', {
        cause: error,
      })
    })
    await sweepTemporary(join(home, 'tmp'))
  }

  const settings = createSettings(join(home, 'settings.json'))
  const vault = createVault({ home, service: 'hangar' })
  const operations = createOperations(join(home, 'operations'))
  const profiles = createProfiles({ builtInFolder: join(assetsFolder, 'profiles'), ownFolder: join(home, 'profiles') })
  const clusters = createClusters({
    kubeconfigFiles: kubeconfig === undefined ? undefined : [kubeconfig],
    moreKubeconfigs: async () => (await settings.get()).kubeconfigs,
  })
  const planes: Planes = createPlanes(join(home, 'planes'), {
    checkSettings: (profile, given) => profiles.checkSettings(profile, given),
    contextName: async (contextId) => {
      const { contexts } = await clusters.contexts()
      const found = contexts.find(({ id }) => id === contextId)
      if (found === undefined) throw new Problem('CONTEXT_UNKNOWN', 'The context is not in any kubeconfig any more.')
      return found.name
    },
    keepOverrides: (planeId, overrides) =>
      vault.setText(overridesName(planeId), overrides && JSON.stringify(overrides)),
    forget: async (planeId) => {
      await logs.purge({ planeId })
      await vault.setText(overridesName(planeId), undefined)
      await Promise.all([vault.removePlane(planeId), workloads.forget(planeId), connectivity.forget(planeId)])
    },
  })
  const plane = async (planeId: string): Promise<Plane> => {
    const found = await planes.get(planeId)
    // What a person left out has the profile's default, for whoever puts settings into texts.
    return { ...found, settings: await profiles.completeSettings(found.profile, found.settings) }
  }
  const connection = (contextId: string) => clusters.connection(contextId)
  const profile = async (name: string) => (await profiles.resolve(name)).profile
  const logKey = (planeId: string): string => `logs:${planeId}`

  /** A plane that is gone, or settings that cannot be read, are no reason to fail for what only tells. */
  const tell = async (planeId: string, news: readonly Change[]): Promise<void> => {
    if (notify === undefined || !(await settings.get()).notifications) return
    const [{ name }, rows] = await Promise.all([planes.get(planeId), connectivity.rows({ planeId })])
    const titles = Object.fromEntries(rows.map(({ id, title }) => [id, title]))
    notify({ ...noticeOf(name, titles, news), open: () => connectivity.open(planeId) })
  }

  /** The cluster of a context, for a table without a plane: its pods run in any namespace of the profile, or in "default". */
  const clusterFor = async (
    contextId: string | undefined,
    kind: Parameters<typeof clusterOf>[0],
    given: JsonObject,
  ): Promise<PlaneRows['cluster']> => {
    if (contextId === undefined) return undefined
    const open = (signal: AbortSignal) => clusters.open(contextId, signal)
    const { contexts } = await clusters.contexts()
    const context = contexts.find(({ id }) => id === contextId)
    const cluster = clusterOf(kind, given, { open, contextName: context?.name ?? contextId })
    return { ...cluster, namespaces: [...cluster.namespaces, 'default'] }
  }

  const workloads = createWorkloads({ plane, profile, connection, home })
  const connectivity = createConnectivity({
    home,
    describe: async (planeId) => {
      const { name, profile: kind } = await plane(planeId)
      return { title: name, version, places: placesOf(await profile(kind)) }
    },
    rowsOf: async (planeId) => {
      const { profile: name, settings: given, contextId, contextName } = await plane(planeId)
      const found = await profiles.resolve(name)
      const open = (signal: AbortSignal) => clusters.open(contextId, signal)
      const { contexts } = await clusters.contexts()
      const proxyUrl = contexts.find(({ id }) => id === contextId)?.proxy
      return { ...rowsOf(found, given), cluster: clusterOf(found.profile, given, { open, contextName, proxyUrl }) }
    },
    credentialOf: async (planeId, credential) => {
      const [certificate, key] = await Promise.all(
        ['tls.crt', 'tls.key'].map((name) => vault.secret(planeId, credential, name)),
      )
      return certificate === undefined || key === undefined ? undefined : { certificate, key }
    },
    loginOf: async (planeId, credential) => {
      const [username, password, token] = await Promise.all(
        ['username', 'password', 'token'].map((name) => vault.secret(planeId, credential, name)),
      )
      return password === undefined && token === undefined ? undefined : { username, password, token }
    },
    tableOf: async (subject) => {
      if ('list' in subject) {
        const { list, title, folder = process.cwd(), contextId } = subject
        const { endpoints, settings, resolver } = list
        const cluster = await clusterFor(contextId, { releases: [], components: [] }, {})
        return {
          table: { endpoints, settings, resolver, folder, componentTitles: {}, cluster },
          description: { title, version, places: [] },
        }
      }
      const { profile: name, settings: given, contextId } = subject
      await profiles.checkSettings(name, given)
      const [found, complete] = await Promise.all([profiles.resolve(name), profiles.completeSettings(name, given)])
      return {
        table: { ...rowsOf(found, complete), cluster: await clusterFor(contextId, found.profile, complete) },
        description: { title: found.profile.title, version, places: placesOf(found.profile) },
      }
    },
    // Only the terminal is the user's own program that calls procedures directly.
    trustsCaller: host === 'terminal',
    ...(resolveProxy === undefined ? {} : { resolveProxy }),
    tell: (planeId, news) => void tell(planeId, news).catch(() => undefined),
  })
  const install = createInstall({
    home,
    plane: async (planeId) => {
      const [found, overrides] = await Promise.all([plane(planeId), vault.text(overridesName(planeId))])
      return {
        ...found,
        overrides: overrides === undefined ? {} : PlaneValues.shape.overrides.parse(JSON.parse(overrides)),
      }
    },
    profile: (name) => profiles.resolve(name),
    client: (contextId) => clusters.open(contextId),
    connection,
    secret: (planeId, credential, key) => vault.secret(planeId, credential, key),
    credentials: (planeId) => vault.list({ planeId }),
    operations,
    settings: () => settings.get(),
    checkSettings: (name, given) => profiles.checkSettings(name, given),
    markInstalled: (planeId) => planes.markInstalled(planeId, new Date().toISOString()),
  })
  const logs: Logs = createLogs({
    home,
    plane,
    profile: ({ profile: name }) => profile(name),
    connection,
    key: (planeId) => vault.key(logKey(planeId)),
    destroyKey: (planeId) => vault.destroyKey(logKey(planeId)),
    protection: async () => (await vault.status()).backend,
    operations,
  })

  const about: About = {
    version,
    host,
    home,
    runtime: `Node ${process.versions.node}`,
    platform: `${process.platform} ${process.arch}`,
  }
  const services = {
    profiles,
    planes,
    clusters,
    connectivity,
    install,
    operations,
    workloads,
    logs,
    vault,
    settings: {
      ...settings,
      set: async (change: Partial<Settings>) => {
        const changed = await settings.set(change)
        if (change.kubeconfigs !== undefined) clusters.refresh()
        return changed
      },
    },
  }
  const router = createRouter(services, about, (reference, error) => {
    // The window shows the reference alone; whoever started Hangar from a terminal reads what happened there.
    process.stderr.write(`hangar: INTERNAL: ${faultMessage(error)} Reference ${reference}.\n`)
    void writeFault(home, version, error).then((file) => {
      if (file !== undefined) process.stderr.write(`  Its details are in ${file}.\n`)
    })
  })
  // A command ends, and leaves schedules to the hosts that stay open.
  if (host !== 'terminal') await connectivity.startWatches()
  return {
    router,
    client: createRouterClient(router),
    logs,
    operations,
    async close() {
      await operations.close()
      await connectivity.close()
      await Promise.all([workloads.close(), logs.close(), clusters.close()])
    },
  }
}

/** Under which the vault keeps a plane's chart overrides. */
const overridesName = (planeId: string): string => `overrides:${planeId}`

/** A profile's table with its settings, as connectivity takes it. */
function rowsOf({ profile, folder }: ResolvedProfile, settings: JsonObject): PlaneRows {
  const { endpoints, resolver, components } = profile
  return {
    endpoints,
    settings,
    resolver,
    folder,
    componentTitles: Object.fromEntries(components.map(({ id, title }) => [id, title])),
  }
}
