import type { JsonObject } from '../../preload/contract/words.ts'
import { placesOf } from '../connectivity/allow-list/allow-list.ts'
import type { createConnectivity, PlaneRows } from '../connectivity/connectivity.ts'
import { clusterOf } from '../connectivity/vantage/resolve/cluster.ts'
import { version } from '../home.ts'
import type { ResolvedProfile } from '../profiles/profiles.ts'
import type { Core } from './core.ts'

type ConnectivityPorts = Parameters<typeof createConnectivity>[0]

/** What connectivity needs of the core. */
export function connectivityPorts(core: Core): ConnectivityPorts {
  const { home, clusters, profiles } = core
  return {
    home,
    describe: async (planeId) => {
      const plane = await core.plane(planeId)
      return { title: plane.name, version, places: placesOf((await core.approved(plane)).profile) }
    },
    rowsOf: async (planeId) => {
      const plane = await core.plane(planeId)
      const { settings, contextId, contextName } = plane
      const approved = await core.approved(plane)
      const open = (signal: AbortSignal) => clusters.open(contextId, signal)
      const { contexts } = await clusters.contexts()
      const proxyUrl = contexts.find(({ id }) => id === contextId)?.proxy
      const cluster = clusterOf(approved.profile, settings, { open, contextName, proxyUrl })
      return { ...tableOf(approved, settings), roots: approved.roots, cluster }
    },
    refuseChanged: (planeId) => core.refuseChanged(planeId),
    tableOf: async (subject) => {
      if ('list' in subject) {
        const { list, title, folder = process.cwd(), contextId } = subject
        const { endpoints, settings, resolver } = list
        const cluster = await clusterFor(core, contextId, { releases: [], components: [] }, {})
        return {
          table: { endpoints, settings, resolver, folder, componentTitles: {}, cluster },
          description: { title, version, places: [] },
        }
      }
      const { profile: name, settings: given, contextId } = subject
      await profiles.checkSettings(name, given)
      const [resolved, settings] = await Promise.all([profiles.resolve(name), profiles.completeSettings(name, given)])
      return {
        table: {
          ...tableOf(resolved, settings),
          cluster: await clusterFor(core, contextId, resolved.profile, settings),
        },
        description: { title: resolved.profile.title, version, places: placesOf(resolved.profile) },
      }
    },
    ...credentialPorts(core),
  }
}

function credentialPorts({ vault }: Core): Pick<ConnectivityPorts, 'credentialOf' | 'loginOf' | 'untilLocked'> {
  const read = (planeId: string, credential: string, keys: readonly string[]) =>
    Promise.all(keys.map((key) => vault.secret(planeId, credential, key)))
  return {
    untilLocked: () => vault.untilLocked(),
    credentialOf: async (planeId, credential) => {
      const [certificate, key] = await read(planeId, credential, ['tls.crt', 'tls.key'])
      return certificate === undefined || key === undefined ? undefined : { certificate, key }
    },
    loginOf: async (planeId, credential) => {
      const [username, password, token] = await read(planeId, credential, ['username', 'password', 'token'])
      return password === undefined && token === undefined ? undefined : { username, password, token }
    },
  }
}

/** The cluster of a context, for a table without a plane: its pods run in any namespace of the profile, or in `default`. */
async function clusterFor(
  { clusters }: Core,
  contextId: string | undefined,
  profile: Parameters<typeof clusterOf>[0],
  settings: JsonObject,
): Promise<PlaneRows['cluster']> {
  if (contextId === undefined) return undefined
  const open = (signal: AbortSignal) => clusters.open(contextId, signal)
  const { contexts } = await clusters.contexts()
  const context = contexts.find(({ id }) => id === contextId)
  const cluster = clusterOf(profile, settings, { open, contextName: context?.name ?? contextId })
  return { ...cluster, namespaces: [...cluster.namespaces, 'default'] }
}

/** A profile's table of endpoints with the plane's settings. */
function tableOf(
  { profile, folder, root }: Pick<ResolvedProfile, 'profile' | 'folder' | 'root'>,
  settings: JsonObject,
): PlaneRows {
  const { endpoints, resolver, components } = profile
  const componentTitles = Object.fromEntries(components.map(({ id, title }) => [id, title]))
  return { endpoints, settings, resolver, folder, root, componentTitles }
}
