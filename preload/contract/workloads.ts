import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { ProblemReport, procedure } from './problem.ts'
import { ObjectReference, Timestamp } from './words.ts'

/** Worst last: healthy < suspended < progressing < missing < degraded < unknown (Argo CD's order). */
export const Health = z.literal(['healthy', 'suspended', 'progressing', 'missing', 'degraded', 'unknown'])
export type Health = z.infer<typeof Health>

export const ObjectStatus = z.strictObject({
  uid: z.string(),
  ...ObjectReference.shape,
  health: Health,
  reason: z.string(),
  /** When the object entered this state; absent if the cluster does not report it. */
  since: Timestamp.optional(),
  createdAt: Timestamp.optional(),
  ready: z.int().optional(),
  total: z.int().optional(),
  restarts: z.int().optional(),
  node: z.string().optional(),
  /** Of the first container, of a pod or of what makes pods. */
  image: z.string().max(500).optional(),
  /** uid of the object that made it, if that is shown too. */
  owner: z.string().optional(),
  component: z.string().optional(),
})
export type ObjectStatus = z.infer<typeof ObjectStatus>

export const ComponentStatus = z.strictObject({
  id: z.string(),
  title: z.string(),
  summary: z.string(),
  providedBy: z.string(),
  health: Health,
  reason: z.string(),
  since: Timestamp.optional(),
  /** uids of the component's parts. */
  objects: z.array(z.string()),
})
export type ComponentStatus = z.infer<typeof ComponentStatus>

/** `live`: the state is current. `stale`: it is the last known state, because the connection was lost. */
export const Connection = z.strictObject({
  state: z.literal(['connecting', 'live', 'stale']),
  since: Timestamp,
  problem: ProblemReport.optional(),
})
export type Connection = z.infer<typeof Connection>

export const PlaneStatus = z.strictObject({
  schemaVersion: z.literal(1),
  /** When the cluster last confirmed this state. */
  asOf: Timestamp.nullable(),
  connection: Connection,
  components: z.array(ComponentStatus),
  objects: z.array(ObjectStatus),
})
export type PlaneStatus = z.infer<typeof PlaneStatus>

/** `state` first, then changes, at most four times a second. */
export const WorkloadsEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('state'), status: PlaneStatus }),
  z.strictObject({
    kind: z.literal('delta'),
    asOf: Timestamp.nullable(),
    connection: Connection,
    components: z.array(ComponentStatus),
    changed: z.array(ObjectStatus),
    removed: z.array(z.string()),
  }),
])
export type WorkloadsEvent = z.infer<typeof WorkloadsEvent>

export const ClusterEvent = z.strictObject({
  uid: z.string(),
  at: Timestamp,
  type: z.string(),
  reason: z.string(),
  message: z.string(),
  object: ObjectReference,
  count: z.int(),
})
export type ClusterEvent = z.infer<typeof ClusterEvent>

export const workloads = {
  /** The last known state at once (from disk if the cluster is unreachable), then the live state. */
  watch: procedure.input(z.strictObject({ planeId: z.uuid() })).output(eventIterator(WorkloadsEvent)),
  /** Kubernetes events of the plane's namespaces, newest first, at most 200. */
  events: procedure
    .input(z.strictObject({ planeId: z.uuid(), object: z.string().optional() }))
    .output(z.array(ClusterEvent)),
}
