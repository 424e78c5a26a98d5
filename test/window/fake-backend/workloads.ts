import type {
  ClusterEvent,
  ComponentStatus,
  Health,
  ObjectStatus,
  PlaneStatus,
} from '../../../preload/contract/workloads.ts'
import { ago } from './clock.ts'

interface Seed {
  readonly id: string
  readonly title: string
  readonly summary: string
  readonly health: Health
  readonly reason: string
  readonly pods: number
  readonly providedBy?: string
}

const seeds: readonly Seed[] = [
  {
    id: 'network',
    title: 'CNI and mesh',
    summary: 'Gives pods their addresses and encrypts between them.',
    health: 'healthy',
    reason: 'Provided by this cluster: bridge',
    pods: 0,
    providedBy: 'cluster',
  },
  {
    id: 'gateway',
    title: 'Gateway',
    summary: 'Routes calls to the integrations; refuses one without a key.',
    health: 'healthy',
    reason: '2 of 2 ready',
    pods: 2,
    providedBy: 'flux',
  },
  {
    id: 'agent',
    title: 'Agent',
    summary: 'Keeps the connection to the control plane.',
    health: 'degraded',
    reason: 'CrashLoopBackOff: agent exited with code 1, 6 restarts',
    pods: 1,
  },
  {
    id: 'observability',
    title: 'Observability',
    summary: "Serves its pods' logs.",
    health: 'progressing',
    reason: 'Waiting for 1 of 2 pods',
    pods: 2,
  },
  {
    id: 'flux',
    title: 'Flux',
    summary: 'Installs and updates the gateway.',
    health: 'healthy',
    reason: '1 of 1 ready',
    pods: 1,
  },
  {
    id: 'certificates',
    title: 'Certificate manager',
    summary: 'Keeps the certificate of the gateway.',
    health: 'missing',
    reason: 'Not found: Deployment certificates',
    pods: 0,
  },
  {
    id: 'secrets',
    title: 'Secret resolver',
    summary: 'Reads secrets from the key vault.',
    health: 'suspended',
    reason: 'Scaled to 0',
    pods: 0,
  },
]

const degradedState = (health: Health, index: number): Health =>
  health === 'progressing' ? (index === 0 ? 'healthy' : 'progressing') : health

export function planeStatus(options: { readonly podsEach?: number; readonly agent?: Health } = {}): PlaneStatus {
  const objects: ObjectStatus[] = []
  const components: ComponentStatus[] = seeds.map((seed) => {
    const { id, title, summary, providedBy = 'release', pods } = seed
    const health = id === 'agent' ? (options.agent ?? seed.health) : seed.health
    const reason = id === 'agent' && health === 'healthy' ? '1 of 1 ready' : seed.reason
    // As in the core: of its objects, those that the profile names.
    const parts: string[] = []
    const image = `registry.hangar.test/planes/${id}:1.4.2`
    const uidOf = (kind: string, name: string) => `${id}/${kind}/${name}`
    const add = (object: Omit<ObjectStatus, 'uid' | 'namespace' | 'component'>) => {
      const uid = uidOf(object.kind, object.name)
      if (object.kind === 'Deployment') parts.push(uid)
      objects.push({ uid, namespace: 'plane-system', component: id, createdAt: ago(86_000), ...object })
    }
    const count = pods === 0 ? 0 : (options.podsEach ?? pods)
    if (count > 0) {
      const ready = health === 'degraded' ? 0 : count - (health === 'progressing' ? 1 : 0)
      const since = ago(health === 'healthy' ? 86_000 : 340)
      const set = `${id}-7d9f8c6b5`
      add({ kind: 'Deployment', name: id, health, reason, ready, total: count, since, image })
      add({
        kind: 'ReplicaSet',
        name: set,
        health,
        reason,
        ready,
        total: count,
        since,
        image,
        owner: uidOf('Deployment', id),
      })
      add({ kind: 'Service', name: id, health: 'healthy', reason: 'ClusterIP', since })
      for (let index = 0; index < count; index += 1) {
        const state = degradedState(health, index)
        const why =
          state === 'healthy'
            ? 'Running'
            : state === 'degraded'
              ? 'CrashLoopBackOff: back-off 5m0s restarting failed container'
              : 'ContainerCreating'
        add({
          kind: 'Pod',
          name: `${set}-${(index + 10).toString(36)}x2kq`,
          health: state,
          reason: why,
          ready: state === 'healthy' ? 1 : 0,
          total: 1,
          restarts: state === 'degraded' ? 6 : 0,
          node: `node-${(index % 3) + 1}`,
          image,
          owner: uidOf('ReplicaSet', set),
          since: ago(state === 'healthy' ? 86_000 : 340),
        })
      }
    }
    return {
      id,
      title,
      summary,
      providedBy,
      health,
      reason,
      since: ago(health === 'healthy' ? 86_000 : 340),
      objects: parts,
    }
  })
  return { schemaVersion: 1, asOf: ago(1), connection: { state: 'live', since: ago(600) }, components, objects }
}

/** Of a plane that is not installed: its objects are not found; what the cluster has is there. */
export function plannedStatus(): PlaneStatus {
  const components = planeStatus().components.map(
    (each): ComponentStatus =>
      each.providedBy === 'cluster'
        ? each
        : { ...each, health: 'missing', reason: `Not found: Deployment ${each.id}`, objects: [] },
  )
  return { ...planeStatus(), components, objects: [] }
}

const agentPod = { kind: 'Pod', namespace: 'plane-system', name: 'agent-7d9f8c6b5-ax2kq' }
export const events: readonly ClusterEvent[] = [
  {
    uid: 'e1',
    at: ago(40),
    type: 'Warning',
    reason: 'BackOff',
    message: 'Back-off restarting failed container agent in pod agent-7d9f8c6b5-ax2kq',
    object: agentPod,
    count: 14,
  },
  {
    uid: 'e2',
    at: ago(95),
    type: 'Normal',
    reason: 'Pulled',
    message: 'Container image "hangar.test/node:24" already present on machine',
    object: agentPod,
    count: 7,
  },
  {
    uid: 'e3',
    at: ago(340),
    type: 'Normal',
    reason: 'Scheduled',
    message: 'Successfully assigned plane-system/agent-7d9f8c6b5-ax2kq to node-1',
    object: agentPod,
    count: 1,
  },
  {
    uid: 'e4',
    at: ago(360),
    type: 'Normal',
    reason: 'ScalingReplicaSet',
    message: 'Scaled up replica set observability-7d9f8c6b5 to 2',
    object: { kind: 'Deployment', namespace: 'plane-system', name: 'observability' },
    count: 1,
  },
]
