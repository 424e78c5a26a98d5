import { Problem } from '../../preload/contract/problem.ts'
import type { ObjectDetails } from '../../preload/contract/workloads.ts'
import type { KubernetesClient } from '../lib/kubernetes/client.ts'
import { isNotFound } from '../lib/kubernetes/failure.ts'
import { type KubernetesObject, resourcePath } from '../lib/kubernetes/resources.ts'
import { conditionSentences } from './condition-sentences.ts'
import { containerDetails } from './container-details.ts'
import { maskedYaml } from './masked-yaml.ts'
import { findServedResource } from './served-resource.ts'
import type { WatchTarget } from './watch-plan.ts'

export interface ObjectToRead {
  readonly uid: string
  readonly kind: string
  readonly namespace?: string | undefined
  readonly name: string
}

const requestLimitMs = 10_000
/** etcd refuses larger objects by default: 1.5 MiB. */
const limitBytes = 4 * 1024 * 1024

/** The collection of the plane that the object is in. Throws INPUT_INVALID for any other object: it is not shown. */
export function targetOf(targets: readonly WatchTarget[], { kind, namespace, name }: ObjectToRead): WatchTarget {
  const target = targets.find(
    (each) => each.kind === kind && each.namespace === namespace && (each.name === undefined || each.name === name),
  )
  if (target !== undefined) return target
  const place = namespace === undefined ? '' : ` in the namespace ${namespace}`
  throw new Problem('INPUT_INVALID', `The plane shows no ${kind} ${name}${place}.`)
}

/** The object as it is now; null where it does not exist any more, or another one has its name. Throws CLUSTER_*. */
export async function readObject(
  client: KubernetesClient,
  target: WatchTarget,
  { uid, namespace, name }: ObjectToRead,
  signal: AbortSignal,
): Promise<ObjectDetails | null> {
  const type = await findServedResource(client, target, signal)
  if (type === undefined) return null
  try {
    const path = resourcePath(type, { ...(namespace !== undefined && { namespace }), name })
    const options = { timeoutMs: requestLimitMs, onSize: (bytes: number) => refuseLarge(path, bytes) }
    const object = await client.request<KubernetesObject>('GET', path, options, signal)
    return object.metadata.uid === uid ? describeObject(object, new Date()) : null
  } catch (error) {
    if (isNotFound(error)) return null
    throw error
  }
}

function refuseLarge(path: string, bytes: number): void {
  if (bytes > limitBytes) throw new Problem('ANSWER_TOO_LARGE', `The object at ${path} is larger than 4 MiB.`)
}

/** What the window shows of an object. Pure. */
export function describeObject(object: KubernetesObject, now: Date): ObjectDetails {
  return {
    readAt: now.toISOString(),
    conditions: conditionSentences(object),
    containers: containerDetails(object),
    ...maskedYaml(object),
  }
}
