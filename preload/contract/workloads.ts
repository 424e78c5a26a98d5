import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { ProblemReport, procedure } from './problem.ts'
import { ObjectReference, Slug, Timestamp } from './words.ts'

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

/** What Kubernetes accepts as a name, of kinds of its own too: "system:node-proxier". */
const objectName = z.string().regex(/^[A-Za-z0-9]([-A-Za-z0-9.:]{0,251}[A-Za-z0-9])?$/, 'the name of an object')

/** A shown object; the uid is that of its status, as another object can have the name now. */
const ShownObject = z.strictObject({
  uid: z.string().min(1).max(200),
  kind: z.string().regex(/^[A-Za-z]{1,63}$/, 'a kind of Kubernetes'),
  namespace: Slug.optional(),
  name: objectName,
})

/** `neutral`: neither a success nor a fault, or a type whose meaning is unknown. */
const ConditionTone = z.literal(['good', 'bad', 'neutral'])

export const ObjectCondition = z.strictObject({
  type: z.string().max(300),
  /** For the user: what is the case, and if it is bad, the reason and message of the controller. */
  sentence: z.string().max(1_500),
  tone: ConditionTone,
  since: Timestamp.optional(),
})
export type ObjectCondition = z.infer<typeof ObjectCondition>

const Quantity = z.strictObject({ resource: z.string().max(300), amount: z.string().max(100) })

const Termination = z.strictObject({
  exitCode: z.int(),
  reason: z.string().max(300),
  /** Of a program that a signal ended: SIGKILL. */
  signal: z.string().max(20).optional(),
  at: Timestamp.optional(),
})

export const ContainerDetails = z.strictObject({
  name: z.string().max(300),
  role: z.literal(['main', 'sidecar', 'init', 'debug']),
  image: z.string().max(500),
  /** Absent for the template of a controller, and before the node has seen the pod. */
  state: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('running'), since: Timestamp.optional(), ready: z.boolean() }),
      z.strictObject({ kind: z.literal('waiting'), reason: z.string().max(300), message: z.string().max(1_000) }),
      z.strictObject({ kind: z.literal('terminated'), ...Termination.shape }),
    ])
    .optional(),
  restarts: z.int().optional(),
  /** How it ended before its last start. */
  last: Termination.optional(),
  requests: z.array(Quantity).max(20),
  limits: z.array(Quantity).max(20),
  probes: z
    .array(
      z.strictObject({
        kind: z.literal(['startup', 'readiness', 'liveness']),
        /** What it does: "GET http://:8080/healthz". */
        action: z.string().max(500),
        periodSeconds: z.int(),
        timeoutSeconds: z.int(),
        failures: z.int(),
      }),
    )
    .max(3),
})
export type ContainerDetails = z.infer<typeof ContainerDetails>

/** An object as the cluster has it now, without secrets. */
export const ObjectDetails = z.strictObject({
  readAt: Timestamp,
  conditions: z.array(ObjectCondition).max(100),
  containers: z.array(ContainerDetails).max(200),
  /** Without managedFields; each value that may be a secret is ***. */
  yaml: z.string().max(262_144),
  /** How many values are hidden in it. */
  hidden: z.int(),
  /** The text was longer. */
  cut: z.boolean(),
})
export type ObjectDetails = z.infer<typeof ObjectDetails>

export const workloads = {
  /** The last known state at once (from disk if the cluster is unreachable), then the live state. */
  watch: procedure.input(z.strictObject({ planeId: z.uuid() })).output(eventIterator(WorkloadsEvent)),
  /** Kubernetes events of the plane's namespaces, newest first, at most 200. */
  events: procedure
    .input(z.strictObject({ planeId: z.uuid(), object: z.string().optional() }))
    .output(z.array(ClusterEvent)),
  /** An object of the plane; null: it does not exist any more. Only of the kinds and namespaces that the plane shows. */
  object: procedure.input(z.strictObject({ planeId: z.uuid(), object: ShownObject })).output(ObjectDetails.nullable()),
}
