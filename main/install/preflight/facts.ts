import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { type Discovery, discover } from '../../lib/kubernetes/discovery.ts'
import { listIfAllowed } from '../../lib/kubernetes/if-allowed.ts'
import type { Helm } from '../helm/helm.ts'
import { kinds } from '../observe/kinds.ts'
import type { KubernetesObject } from '../observe/kubernetes-object.ts'
import { type Observed, observe } from '../observe/observe.ts'
import type { Desired } from '../plan/desired.ts'
import { type InstallSession, type InstallTools, type Rendered, resolveDesired } from '../plan/install-session.ts'

/** The inputs of the checks. Each fact is fetched once, when the first check needs it, and shared. */
export interface Facts {
  readonly session: InstallSession
  readonly client: KubernetesClient
  readonly tools: InstallTools
  discovery(): Promise<Discovery>
  helm(): Promise<Helm>
  desired(): Promise<Desired>
  rendered(): Promise<Rendered>
  observed(): Promise<Observed>
  /** Undefined if this user is not permitted to list nodes. */
  nodes(): Promise<readonly KubernetesObject[] | undefined>
  /** Pods that have not ended. Undefined if this user is not permitted to list pods. */
  pods(): Promise<readonly KubernetesObject[] | undefined>
}

function once<T>(fetchFact: () => Promise<T>): () => Promise<T> {
  let fact: Promise<T> | undefined
  return () => {
    fact ??= fetchFact()
    return fact
  }
}

const unfinishedPods = { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' }

/** `signal` aborts all of them. */
export function createFacts(tools: InstallTools, session: InstallSession, signal: AbortSignal): Facts {
  const { client, installation, plane } = session
  const discovery = once(() => discover(client, signal))
  const helm = once(() => tools.helm(plane, signal))
  const desired = once(async () => resolveDesired(tools.ports, session, await helm(), {}, signal))
  const rendered = once(async () => tools.render(await helm(), await desired(), await discovery(), signal))
  return {
    session,
    client,
    tools,
    discovery,
    helm,
    desired,
    rendered,
    observed: once(() => observe(client, installation, signal)),
    nodes: once(() => listIfAllowed(client, kinds.node, {}, signal)),
    pods: once(() => listIfAllowed(client, kinds.pod, unfinishedPods, signal)),
  }
}
