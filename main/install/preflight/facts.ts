import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import type { Helm } from '../helm/helm.ts'
import { type Discovery, discover } from '../observe/discovery.ts'
import { kinds, listIfAllowed } from '../observe/kinds.ts'
import type { KubernetesObject } from '../observe/kubernetes-object.ts'
import { type Observed, observe } from '../observe/observe.ts'
import type { Tools } from '../operate.ts'
import type { Desired } from '../plan/desired.ts'
import { type InstallSession, wantedFor } from '../plan/install-session.ts'
import type { Rendered } from '../plan/plan.ts'

/** What the checks look at. Each fact is asked for once, by the first check that wants it, and shared. */
export interface Facts {
  readonly scene: InstallSession
  readonly client: KubernetesClient
  readonly tools: Tools
  discovery(): Promise<Discovery>
  helm(): Promise<Helm>
  wanted(): Promise<Desired>
  rendered(): Promise<Rendered>
  observed(): Promise<Observed>
  /** Undefined where this user may not list them. */
  nodes(): Promise<readonly KubernetesObject[] | undefined>
  pods(): Promise<readonly KubernetesObject[] | undefined>
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => {
    answer ??= ask()
    return answer
  }
}

/** `signal` ends all of them. */
export function gatherFacts(tools: Tools, scene: InstallSession, signal: AbortSignal): Facts {
  const { client, place, plane } = scene
  const discovery = once(() => discover(client, signal))
  const helm = once(() => tools.helm(plane, signal))
  const wanted = once(async () => wantedFor(tools.ports, scene, await helm(), {}, signal))
  const rendered = once(async () => tools.render(await helm(), await wanted(), await discovery(), signal))
  return {
    scene,
    client,
    tools,
    discovery,
    helm,
    wanted,
    rendered,
    observed: once(() => observe(client, place, signal)),
    nodes: once(() => listIfAllowed(client, kinds.node, {}, signal)),
    // Pods that have ended take nothing.
    pods: once(() =>
      listIfAllowed(client, kinds.pod, { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' }, signal),
    ),
  }
}
