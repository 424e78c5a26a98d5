import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { applyObject, type DesiredObject } from '../../../main/lib/kubernetes/apply.ts'
import type { ClusterConnection, KubernetesClient } from '../../../main/lib/kubernetes/client.ts'
import { listObjects } from '../../../main/lib/kubernetes/objects.ts'
import { openCluster } from '../../../main/lib/kubernetes/open.ts'
import type { KubernetesObject } from '../../../main/lib/kubernetes/resources.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { type PackedChart, packChart } from '../../bed/source.ts'
import { until } from '../../bed/until.ts'
import { demoValues } from '../../peers/demo.ts'
import { type DemoPlane, writeInputs } from '../plane.ts'
import { bundleServices } from './bundle.ts'
import { writeArtifacts } from './chart-source.ts'
import {
  bindings,
  definitions,
  findFootprint,
  isStarterRunning,
  markLabels,
  namespaces,
  refuseForeign,
  removeFootprint,
  servicesNamespace,
  starterOf,
} from './footprint.ts'
import { type DemoImages, imagesOf } from './images.ts'
import { profileName, vantagesOf, writeProfile } from './profile.ts'
import { describeServers, serviceObjects } from './services.ts'

export interface ClusterDemoOptions {
  /** For the bundle and the input files; the caller removes it. */
  readonly folder: string
  /** Hangar's state folder. */
  readonly home: string
  /** Kubeconfig files in their order of precedence, absolute. */
  readonly kubeconfigs: readonly string[]
  readonly context: string
  /** Registry that has the images; absent: the public ones. */
  readonly images?: string
  /** Whether the cluster may be changed as described. */
  readonly confirm: (description: string) => Promise<boolean>
  readonly onProgress: (sentence: string) => void
}

export interface ClusterDemo extends DemoPlane {
  /** Removes all of it from the cluster. Resolves with what stays. */
  close(): Promise<string[]>
}

const assets = join(import.meta.dirname, '..', '..', '..', 'assets')
const readyLimitMs = 180_000
const removalLimitMs = 300_000

/**
 * Runs the demo's servers as pods of a cluster, and prepares the plane. This computer reaches the cluster only through its API
 * server. Undefined if the user declines. After a failure nothing is left.
 */
export async function startClusterDemo(
  { folder, home, kubeconfigs, context, images: registry, confirm, onProgress }: ClusterDemoOptions,
  signal: AbortSignal,
): Promise<ClusterDemo | undefined> {
  const connection: ClusterConnection = { files: kubeconfigs, contextName: context, environment: {} }
  const client = await openCluster(connection)
  const ending = new AbortController()
  let writing: Promise<void> | undefined
  let isChanged = false
  const close = async (): Promise<string[]> => {
    try {
      ending.abort()
      await writing
      return isChanged ? await removeFootprint(client, AbortSignal.timeout(removalLimitMs)) : []
    } finally {
      await client.close()
    }
  }
  try {
    const images = imagesOf(registry)
    const found = await findFootprint(client, signal)
    refuseForeign(found, context)
    if (isStarterRunning(found))
      throw new Problem('INPUT_INVALID', `A demo is running on the cluster of "${context}". End it first.`)
    if (!(await confirm(describeChange(context, client.server, images, found)))) {
      await close()
      return undefined
    }
    isChanged = true
    if (found.length > 0) {
      onProgress('Removing an earlier demo …')
      await removeFootprint(client, signal)
    }
    onProgress('Starting the services of the plane in the cluster …')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const servers = describeServers()
    const gateway = await packChart(join(assets, 'charts', 'plane-gateway'))
    await createMarked(client, signal)
    const options = { servers, image: images.node, program: await bundleServices(folder), charts: archiveOf(gateway) }
    for (const object of serviceObjects(options)) await applyObject(client, object, {}, signal)
    await waitForServices(client, signal)
    writing = writeArtifacts(client, [gateway], ending.signal)

    const profile = await writeProfile(home)
    const values = demoValues(servers, { image: images.node, helmControllerImage: images.helmController })
    return {
      ...(await writeInputs(folder, servers, values)),
      kubeconfigs,
      options: ['--plane', 'demo', '--profile', profileName, '--context', context],
      from: vantagesOf(profile).join(','),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const archiveOf = ({ name, version, archive }: PackedChart) => ({ [`${name}-${version}.tgz`]: archive })

/** What the demo does to the cluster, for the user to confirm. Pure. */
function describeChange(
  context: string,
  server: string,
  { node, helmController }: DemoImages,
  found: readonly KubernetesObject[],
): string {
  const names = (parts: readonly { readonly name: string }[]) => parts.map(({ name }) => name).join(', ')
  return [
    `The demo changes the cluster of the context "${context}" at ${server}. It creates:`,
    `  namespaces: ${names(namespaces)}`,
    `  custom resource definitions: ${names(definitions)}`,
    `  ClusterRoleBinding ${names(bindings)}: Flux's helm-controller gets all permissions, as in Flux's own installation`,
    `  pods of the images ${node} and ${helmController}`,
    ...(found.length > 0 ? ['It first removes what an earlier demo has left there.'] : []),
    'When the demo ends, it removes all of this. The images stay on the nodes.',
  ].join('\n')
}

/** The namespaces and definitions come first and carry the mark, so that also after a kill they are known as the demo's. */
async function createMarked(client: KubernetesClient, signal: AbortSignal): Promise<void> {
  for (const { apiVersion, kind, name } of namespaces) {
    const annotations = name === servicesNamespace ? starterOf(process.pid) : undefined
    await applyObject(client, { apiVersion, kind, metadata: { name, labels: markLabels, annotations } }, {}, signal)
  }
  const folder = join(assets, 'charts', 'plane-flux', 'crds')
  for (const file of await readdir(folder)) {
    const definition = parse(await readFile(join(folder, file), 'utf8')) as DesiredObject // our own file
    const metadata = { ...definition.metadata, labels: markLabels }
    await applyObject(client, { ...definition, metadata }, {}, signal)
  }
}

type Deployment = KubernetesObject & {
  readonly spec?: { readonly replicas?: number }
  readonly status?: { readonly readyReplicas?: number }
}

async function waitForServices(client: KubernetesClient, signal: AbortSignal): Promise<void> {
  const kind = { apiVersion: 'apps/v1', kind: 'Deployment' }
  const list = () => listObjects<Deployment>(client, kind, { namespace: servicesNamespace }, signal)
  const isReady = ({ spec, status }: Deployment): boolean => status?.readyReplicas === spec?.replicas
  await until('Readiness of the services', async () => (await list()).every(isReady), readyLimitMs, signal).catch(
    async (error: unknown) => {
      signal.throwIfAborted()
      const waiting = (await list()).filter((each) => !isReady(each)).map(({ metadata }) => metadata.name)
      const hint = `Ask why: kubectl -n ${servicesNamespace} describe pods. A cluster without internet needs --images.`
      throw new Problem('TIMED_OUT', `These services are not ready: ${waiting.join(', ')}. ${hint}`, '', {
        cause: error,
      })
    },
  )
}
