import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { Operation, StepProgress } from './operations.ts'
import { ProblemReport, procedure } from './problem.ts'
import { JsonObject, ObjectReference, Slug, Timestamp, Verdict } from './words.ts'

/** What a preflight check is about. */
export const CheckCategory = z.literal([
  'plane',
  'cluster',
  'permissions',
  'ownership',
  'admission',
  'nodes',
  'network',
  'storage',
  'images',
  'services',
])
export type CheckCategory = z.infer<typeof CheckCategory>

/**
 * `fatal`: without it nothing else can be checked. `strict`: the install does not start if it fails. `warn`: a failure does
 * not block the install.
 */
export const CheckSeverity = z.literal(['fatal', 'strict', 'warn'])
export type CheckSeverity = z.infer<typeof CheckSeverity>

export const PreflightCheck = z.strictObject({
  id: z.string(),
  title: z.string(),
  category: CheckCategory,
  severity: CheckSeverity,
  /** It creates objects in the cluster and removes them. Such checks run only if they are requested. */
  deep: z.boolean(),
})
export type PreflightCheck = z.infer<typeof PreflightCheck>

/** What the guide says about a check; the page `checks.md` has the same text. */
export const CheckGuide = PreflightCheck.extend({ about: z.string(), remedy: z.string() })
export type CheckGuide = z.infer<typeof CheckGuide>

/** The result of one preflight check. */
export const PreflightResult = PreflightCheck.extend({
  verdict: Verdict,
  /** Whether the install does not start if the check fails: its severity is `fatal` or `strict`. */
  strict: z.boolean(),
  message: z.string(),
  hint: z.string(),
  evidence: z.string(),
  elapsedMs: z.number(),
})
export type PreflightResult = z.infer<typeof PreflightResult>

export const PreflightReport = z.strictObject({
  schemaVersion: z.literal(1),
  startedAt: Timestamp,
  context: z.string(),
  results: z.array(PreflightResult),
})
export type PreflightReport = z.infer<typeof PreflightReport>

export const PreflightEvent = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('started'),
    checks: z.array(PreflightCheck),
  }),
  z.strictObject({ kind: z.literal('result'), result: PreflightResult }),
  z.strictObject({ kind: z.literal('finished'), report: PreflightReport }),
])
export type PreflightEvent = z.infer<typeof PreflightEvent>

/** A field that differs between the cluster and what a step brings about. */
export const FieldChange = z.strictObject({
  /** `spec.template.spec.containers[name=web].image` */
  path: z.string(),
  /** The value in the cluster and the one after the step, as text or JSON, at most 2,000 characters. Null: absent, or hidden. */
  before: z.string().nullable(),
  after: z.string().nullable(),
  /** The values may be secret, and are not shown. */
  hidden: z.boolean(),
  /** Who set the field, other than helm, such as `kubectl`. Helm changes it only by taking it over. */
  managers: z.array(z.string()),
})
export type FieldChange = z.infer<typeof FieldChange>

/** What a step does to one object. `recreate`: a field that cannot change differs. */
export const ObjectChange = z.strictObject({
  object: ObjectReference,
  change: z.literal(['create', 'change', 'delete', 'recreate']),
  /** Of a change, at most 100. */
  fields: z.array(FieldChange),
  /** How many fields are left out. */
  moreFields: z.number().int().nonnegative(),
})
export type ObjectChange = z.infer<typeof ObjectChange>

export const PlanStep = z.strictObject({
  id: z.string(),
  title: z.string(),
  kind: z.literal([
    'namespace',
    'secret',
    'helm-install',
    'helm-upgrade',
    /** The cluster differs from what helm applied: an upgrade with the same chart and values. */
    'helm-repair',
    'helm-uninstall',
    'helm-recover',
    'flux-apply',
    'flux-delete',
    'delete',
    'verify',
    'keep',
  ]),
  release: z.string().optional(),
  namespace: z.string().optional(),
  chart: z.string().optional(),
  /** Ids of the steps that must have ended before it begins. Steps that do not need each other run side by side. */
  needs: z.array(z.string()),
  /** The current and the planned state as text, such as chart version and revision. */
  before: z.string(),
  after: z.string(),
  /** The objects that the step creates, changes or deletes. */
  objects: z.array(ObjectReference),
  /** Of an upgrade or a repair: what differs from the cluster. */
  changes: z.array(ObjectChange),
  notes: z.array(z.string()),
})
export type PlanStep = z.infer<typeof PlanStep>

/**
 * Something that a step deletes or overwrites and that Hangar cannot restore, or the undoing of an interrupted release. An
 * operation starts only if each is accepted by its id.
 */
export const PlanLoss = z.strictObject({
  /** `claim:NAMESPACE/NAME`, `recover:RELEASE` and so on; stable between plans. */
  id: z.string(),
  /** Id of the step. */
  step: z.string(),
  kind: z.literal([
    'recovery',
    'claim',
    'volume',
    'definition',
    'namespace',
    'secret',
    /** Fields that another manager owns, such as a change by hand. */
    'overwrite',
    /** An object that is deleted and created again. */
    'recreate',
    /** A release that the profile no longer has. */
    'release',
    /** Kinds that the cluster no longer serves, in helm's record. */
    'kinds',
    /** A release that another helm installed, and that becomes a part of the plane. */
    'adopt',
  ]),
  message: z.string(),
  objects: z.array(ObjectReference),
})
export type PlanLoss = z.infer<typeof PlanLoss>

/**
 * A way out of a state that a step cannot leave by itself. The operation starts without it, and takes it only if its id is among
 * the accepted losses.
 */
export const PlanWay = z.strictObject({
  /** `hooks:RELEASE`, `finalizer:…`, `keep:NAMESPACE/RELEASE`; stable between plans. */
  id: z.string(),
  /** Id of the step. */
  step: z.string(),
  /** `keep`: instead of the losses of its step. */
  kind: z.literal(['hooks', 'finalizer', 'keep']),
  /** What it does and what it costs. */
  message: z.string(),
  objects: z.array(ObjectReference),
})
export type PlanWay = z.infer<typeof PlanWay>

export const Plan = z.strictObject({
  schemaVersion: z.literal(1),
  planeId: z.uuid().optional(),
  action: z.literal(['install', 'uninstall']),
  createdAt: Timestamp,
  context: z.string(),
  steps: z.array(PlanStep),
  losses: z.array(PlanLoss),
  ways: z.array(PlanWay),
  /** Over steps, values and charts. An operation starts only if the digest of the plan that was shown still applies. */
  digest: z.string(),
})
export type Plan = z.infer<typeof Plan>

/** Who works on a plane, from whatever computer, by the lease in its first namespace. */
export const PlaneHolder = z.strictObject({
  /** `user@host` */
  who: z.string(),
  /**
   * `ended`: its process has provably ended, and another can take over. `silent`: it has not renewed its lease, or its clock is
   * another; a new operation observes it before it takes over.
   */
  state: z.literal(['working', 'silent', 'ended']),
  /** RFC 3339, as the holder wrote them. */
  since: z.string(),
  renewedAt: z.string(),
  /** Of the operation; empty: not published. */
  title: z.string(),
  steps: z.array(z.strictObject({ title: z.string(), state: StepProgress.shape.state })),
})
export type PlaneHolder = z.infer<typeof PlaneHolder>

/** The id of a loss or a way out. Names of RBAC objects in it can have any character but `/` and `%`. */
export const LossId = z.string().regex(/^[a-z]+:[^\p{C}\p{Zl}\p{Zp}]{1,600}$/u, 'the id of a loss')

const PlaneId = z.strictObject({ planeId: z.uuid() })

const PreflightRequest = PlaneId.extend({
  /** Also the checks that create objects in the cluster and remove them. */
  deep: z.boolean().optional(),
  /** Only the checks with these ids, such as those that failed. */
  only: z
    .array(z.string().regex(/^[a-z]+\.[a-z-]+$/, 'the id of a check'))
    .max(200)
    .optional(),
})
export type PreflightRequest = z.infer<typeof PreflightRequest>

const Found = z.literal(['found', 'missing', 'unknown'])

/** A release of a profile in a cluster. `unknown`: this user is not permitted to read it. */
export const DiscoveredRelease = z.strictObject({
  name: z.string(),
  namespace: z.string(),
  title: z.string(),
  via: z.literal(['helm', 'flux']),
  state: Found,
  /** Who installed it, by its marks. */
  by: z.literal(['hangar', 'helm', 'flux', 'unknown']),
  /** `agent-1.2.0, revision 3, deployed`; empty: unknown. */
  revision: z.string(),
})
export type DiscoveredRelease = z.infer<typeof DiscoveredRelease>

/** What of a profile runs in a cluster, installed by Hangar or by others. */
export const PlaneDiscovery = z.strictObject({
  profile: z.string(),
  /** Namespaces that Hangar installed a plane of the profile into. */
  marks: z.array(z.string()),
  releases: z.array(DiscoveredRelease),
  components: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      providedBy: z.string(),
      required: z.boolean(),
      /** `elsewhere`: it has no objects in the cluster, such as the vendor's part. */
      state: z.literal(['found', 'partial', 'missing', 'unknown', 'elsewhere']),
      /** The tag of an image; empty: unknown. */
      version: z.string(),
      parts: z.array(z.strictObject({ ...ObjectReference.shape, state: Found, version: z.string() })),
    }),
  ),
  /** Settings of the profile that follow from the values of the releases. */
  settings: JsonObject,
  /** `others`: no release has Hangar's marks. */
  installedBy: z.literal(['hangar', 'others']),
  /** There is something to connect to. */
  isInstalled: z.boolean(),
})
export type PlaneDiscovery = z.infer<typeof PlaneDiscovery>

/** A value of a release in one of its layers. */
const ValueSource = z.strictObject({
  /** `setting`: the profile refers to settings here. `override`: the plane's own value for this release. */
  origin: z.literal(['chart', 'profile', 'setting', 'override']),
  /** Null where it is hidden, or where an override removes a default. */
  value: z.json(),
  /** It may be a secret, which stays in the vault or is a setting with the name of one. */
  hidden: z.boolean(),
  /** Where the chart has a default, within the chart. Absent: not from a chart. */
  place: z.strictObject({ file: z.string(), line: z.int() }).optional(),
  /** The settings that the profile refers to. `isDefault`: it has the profile's default. */
  settings: z.array(z.strictObject({ name: z.string(), isDefault: z.boolean() })),
})
export type ValueSource = z.infer<typeof ValueSource>

/** A value that helm gets for a release, and where it comes from. A list is one value. */
export const ReleaseValue = ValueSource.extend({
  /** Its keys, from the top. */
  path: z.array(z.string()),
  /** Id of the credential whose Secret the value names. The secret itself is in the vault, never a value. */
  credential: Slug.optional(),
  /** The values of the layers below, the next one first. */
  replaces: z.array(ValueSource),
})
export type ReleaseValue = z.infer<typeof ReleaseValue>

export const ReleaseValues = z.strictObject({
  release: Slug,
  namespace: Slug,
  /** `agent-1.2.0`; empty if the chart cannot be read. */
  chart: z.string(),
  /** Why the defaults of the chart are missing. */
  problem: ProblemReport.optional(),
  /** Sorted by path. */
  values: z.array(ReleaseValue),
})
export type ReleaseValues = z.infer<typeof ReleaseValues>

export const ValuesRequest = z
  .strictObject({
    planeId: z.uuid().optional(),
    /** Instead of a plane: a profile with its defaults. */
    profile: z.string().optional(),
    /** Instead of those that are stored, such as those of a form. What is not given has the profile's default. */
    settings: JsonObject.optional(),
    /** Only this release. */
    release: z.string().optional(),
  })
  .refine(({ planeId, profile }) => (planeId === undefined) !== (profile === undefined), 'a plane or a profile')
export type ValuesRequest = z.infer<typeof ValuesRequest>

export const install = {
  /**
   * The values of each release, with where each comes from. Uses no cluster; downloads a chart that is not on this computer. Throws
   * PLANE_UNKNOWN, PROFILE_*, VAULT_LOCKED for a plane with overrides, and INPUT_INVALID for an unknown release.
   */
  values: procedure.input(ValuesRequest).output(z.array(ReleaseValues)),
  /** What of a profile runs in a cluster. Reads only. Throws PROFILE_*, CONTEXT_UNKNOWN, CONSENT_NEEDED and CLUSTER_*. */
  discover: procedure.input(z.strictObject({ contextId: z.string(), profile: z.string() })).output(PlaneDiscovery),
  preflight: procedure.input(PreflightRequest).output(eventIterator(PreflightEvent)),
  /** What the guide says about each check. */
  checks: procedure.output(z.array(CheckGuide)),
  plan: procedure
    .input(z.strictObject({ planeId: z.uuid(), action: z.literal(['install', 'uninstall']) }))
    .output(Plan),
  /** Who works on the plane, now and after each change. Reads one Lease, once a second. Null: nobody. */
  watchHolder: procedure.input(PlaneId).output(eventIterator(z.strictObject({ holder: PlaneHolder.nullable() }))),
  /** As `plan`, with the text of a file that `openPlan` reads. It has digests and names, no values. */
  savePlan: procedure
    .input(z.strictObject({ planeId: z.uuid(), action: z.literal(['install', 'uninstall']) }))
    .output(z.strictObject({ plan: Plan, text: z.string() })),
  /**
   * The plan as it is now, if it is still the one that the file was saved with; `start` starts it. `planeId`: the plane that the
   * user means, which the file must be for. Throws PLAN_FILE_*, PLAN_PLANE_OTHER, PLAN_PROFILE_CHANGED, PLAN_CLUSTER_OTHER,
   * PLAN_CHART_CHANGED and PLAN_STALE.
   */
  openPlan: procedure
    .input(z.strictObject({ planeId: z.uuid().optional(), text: z.string().max(5_000_000) }))
    .output(Plan),
  /**
   * Starts the operation of the plan that was shown. Throws PLAN_STALE if the plan has changed since, and LOSS_NOT_ACCEPTED if
   * `acceptedLosses` lacks the id of a loss. The ids of ways out that it has are taken.
   */
  start: procedure
    .input(
      z.strictObject({
        planeId: z.uuid(),
        action: z.literal(['install', 'uninstall']),
        digest: z.string(),
        acceptedLosses: z.array(LossId).max(1_000).optional(),
      }),
    )
    .output(Operation),
}
