import type { Context } from '../../preload/contract/clusters.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { type OptionValues, type Terminal, text } from './command.ts'
import { contextOf, findPlane, noPlane, profileOf } from './plane.ts'
import { printMessage } from './print.ts'

/** The context by which a command reaches the plane: another one than the plane's, or undefined if its own is used. Pure. */
export function otherContextFor(
  plane: Plane,
  contexts: readonly Context[],
  { context }: { readonly context: string | undefined },
): Context | undefined {
  const own = contexts.find(({ id }) => id === plane.contextId)
  if (context !== undefined) return own?.name === context ? undefined : contexts.find(({ name }) => name === context)
  if (own !== undefined) return undefined
  return contexts.find(({ name }) => name === plane.contextName) ?? contexts.find(({ current }) => current)
}

/**
 * A plane is bound to its cluster, not to a kubeconfig: with `--kubeconfig` or `--context` a command reaches it by any context
 * of that cluster, and the plane stays as it is. Throws CLUSTER_OTHER for a plane that `--plane` names.
 */
export async function reachPlanes(terminal: Terminal, options: OptionValues, signal: AbortSignal): Promise<void> {
  const [name, profile, context] = [text(options, 'plane'), profileOf(options), text(options, 'context')]
  if (context === undefined && text(options, 'kubeconfig') === undefined) return
  const client = await terminal.client()
  const planes = (await client.planes.list()).filter(
    (plane) =>
      plane.clusterUid !== undefined &&
      (name === undefined || plane.name === name) &&
      (profile === undefined || plane.profile === profile),
  )
  if (planes.length === 0) return
  const { contexts } = await client.clusters.contexts()
  const { planes: service } = await terminal.app()
  for (const plane of planes) {
    const other = otherContextFor(plane, contexts, { context })
    if (other === undefined) continue
    signal.throwIfAborted()
    try {
      await service.reach({ planeId: plane.id, contextId: other.id })
    } catch (error) {
      if (!(error instanceof Problem) || (error.code === 'CLUSTER_OTHER' && name !== undefined)) throw error
      // A plane on another cluster is not meant. One that cannot be reached still has its last known state and its logs.
      if (error.code !== 'CLUSTER_OTHER')
        printMessage(
          terminal,
          `The context "${other.name}" cannot be used for the plane "${plane.name}": ${error.message}`,
        )
      continue
    }
    printMessage(
      terminal,
      `Plane "${plane.name}" is on the cluster of the context "${other.name}" (${other.file}), which this command uses. Keep it with "hangar set-context --plane ${plane.name} --context ${other.name}".`,
    )
  }
}

/** The plane that the options name, on this computer or else in the cluster. Throws PLANE_UNKNOWN, or INPUT_INVALID if several match. */
export async function installedPlane(terminal: Terminal, options: OptionValues, signal: AbortSignal): Promise<Plane> {
  const client = await terminal.client()
  const known = (await findPlane(client, options)) ?? (await reconnectPlane(terminal, options, signal))
  if (known === undefined) throw await noPlane(client, options)
  return known
}

/**
 * A plane that this computer does not know, or no longer, found in the cluster of `--context` by the marks of `--profile`.
 * Undefined if the options do not name both, or the cluster has no marks of it.
 */
async function reconnectPlane(
  terminal: Terminal,
  options: OptionValues,
  signal: AbortSignal,
): Promise<Plane | undefined> {
  const [name, contextName] = [profileOf(options), text(options, 'context')]
  if (name === undefined || contextName === undefined) return undefined
  const client = await terminal.client()
  const context = await contextOf(client, contextName)
  const profile = await client.profiles.get({ name })
  const { install, planes } = await terminal.app()
  const secrets = profile.credentials.flatMap(({ secret }) => secret.namespaces)
  const namespaces = [...new Set([...profile.releases.map(({ namespace }) => namespace), ...secrets])]
  const found = await install.find({ contextId: context.id, profile: profile.name, namespaces }, signal)
  if (found.length === 0) return undefined
  const plane = await planes.reconnect({
    name: text(options, 'plane') ?? profile.name,
    profile: name,
    contextId: context.id,
    managementModel: profile.managementModels.at(-1)?.id ?? '',
    settings: {},
  })
  printMessage(
    terminal,
    `Reconnected the plane "${plane.name}": its marks are in the cluster of the context "${context.name}", namespace ${found.join(', ')}. Its settings and credentials are not on this computer.`,
  )
  return plane
}
