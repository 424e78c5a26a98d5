import type {
  CheckGuide,
  Plan,
  PlaneDiscovery,
  PlaneHolder,
  PreflightEvent,
  PreflightRequest,
  ReleaseValues,
  ValuesRequest,
} from '../../preload/contract/install.ts'
import type { Operation } from '../../preload/contract/operations.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { Profile } from '../../preload/contract/profiles.ts'
import { demandedLosses } from '../../preload/demanded-losses.ts'
import type { InstalledReleases } from '../lib/installed-release.ts'
import { recordKey } from '../lib/signed-lines.ts'
import { discoverPlane } from './discovery/discover-plane.ts'
import { readInstalledReleases } from './discovery/installed-releases.ts'
import { refuseHeld, watchHolder } from './lease/watch-holder.ts'
import { findMarks } from './observe/find-marks.ts'
import type { KubernetesObject } from './observe/kubernetes-object.ts'
import { type OperationInput, toJson } from './operation/input.ts'
import { installRunner } from './operation/run-install.ts'
import { uninstallRunner } from './operation/run-uninstall.ts'
import type { Desired, DesiredRelease } from './plan/desired.ts'
import {
  createHelmFinder,
  createRenderer,
  type InstallSession,
  type InstallTools,
  identifyCluster,
  openInstallSession,
} from './plan/install-session.ts'
import { type MadeInstallPlan, type MadePlan, makeInstallPlan, makeUninstallPlan } from './plan/make-plan.ts'
import { isNothingToDo } from './plan/plan.ts'
import { renderVendorChart, type VendorChart } from './plan/render-vendor-chart.ts'
import {
  openSeal,
  otherPlane,
  type PlanCircumstances,
  refuseChangedPlan,
  refuseOtherCircumstances,
  sealPlan,
} from './plan/saved-plan.ts'
import { subjectOf } from './plan/subject.ts'
import { takenWays } from './plan/ways-out.ts'
import type { InstallPorts, PlannedPlane } from './ports.ts'
import { checkGuide, preflight, strictChecks } from './preflight/preflight.ts'
import { releaseValues } from './values/release-values.ts'

type Action = Plan['action']

/** Some hundred reads at most, eight at once. */
const discoveryLimitMs = 60_000

export interface Install {
  /** Checks of the cluster. Each result is yielded when its check ends, the report last. */
  preflight(request: PreflightRequest, signal: AbortSignal): AsyncGenerator<PreflightEvent>
  checks(): readonly CheckGuide[]
  /** Throws PLANE_UNKNOWN, PROFILE_*, VAULT_LOCKED, INPUT_INVALID. */
  values(request: ValuesRequest, signal: AbortSignal): Promise<ReleaseValues[]>
  /** What would be done now. Throws RELEASE_FOREIGN, HELM_*, CLUSTER_*. */
  plan(planeId: string, action: Action, signal: AbortSignal): Promise<Plan>
  /** As `plan`, with the text of a file that `openPlan` reads. Throws PLAN_FILE_INVALID for a plan that is too large. */
  savePlan(
    planeId: string,
    action: Action,
    signal: AbortSignal,
  ): Promise<{ readonly plan: Plan; readonly text: string }>
  /**
   * The plan as it is now, if it is still the one that the file was saved with. `planeId`: the plane that the user means. Throws
   * PLAN_FILE_*, PLAN_PLANE_OTHER, PLAN_PROFILE_CHANGED, PLAN_CLUSTER_OTHER, PLAN_CHART_CHANGED, PLAN_STALE and what `plan` throws.
   */
  openPlan(
    request: { readonly text: string; readonly planeId?: string | undefined },
    signal: AbortSignal,
  ): Promise<Plan>
  /** Who works on the plane, now and after each change; null: nobody. Throws CLUSTER_*. */
  watchHolder(planeId: string, signal: AbortSignal): AsyncGenerator<{ holder: PlaneHolder | null }>
  /**
   * The namespaces of a profile that one of its planes was installed into, from whatever computer. Throws CONTEXT_UNKNOWN and
   * CLUSTER_*.
   */
  find(
    request: { readonly contextId: string; readonly profile: string; readonly namespaces: readonly string[] },
    signal: AbortSignal,
  ): Promise<readonly string[]>
  /** What of the profile runs in the cluster of a context. Throws CONTEXT_UNKNOWN, CONSENT_NEEDED and CLUSTER_*. */
  discover(
    request: { readonly contextId: string; readonly profile: Profile },
    signal: AbortSignal,
  ): Promise<PlaneDiscovery>
  /** The releases of a cluster, also those of other tools. Throws CONTEXT_UNKNOWN, CONSENT_NEEDED and CLUSTER_*. */
  installed(
    request: { readonly contextId: string; readonly namespaces: readonly string[] },
    signal: AbortSignal,
  ): Promise<InstalledReleases>
  /**
   * The objects that helm makes of a vendor's chart, without access to a cluster or the network. Throws HELM_MISSING,
   * HELM_UNVERIFIED, HELM_CONSENT_NEEDED, HELM_FAILED.
   */
  render(chart: VendorChart, signal: AbortSignal): Promise<readonly KubernetesObject[]>
  /** Starts the operation of the plan that was shown. Throws PLAN_STALE, LOSS_NOT_ACCEPTED, PREFLIGHT_FAILED, CREDENTIAL_MISSING, OPERATION_RUNNING. */
  start(
    request: {
      readonly planeId: string
      readonly action: Action
      readonly digest: string
      readonly acceptedLosses?: readonly string[]
    },
    signal: AbortSignal,
  ): Promise<Operation>
}

/** Registers the operation kinds `install` and `uninstall`. Creating it accesses no cluster. */
export function createInstall(ports: InstallPorts): Install {
  const key = recordKey(ports.home)
  const tools: InstallTools = { ports, helm: createHelmFinder(ports), render: createRenderer() }
  ports.operations.register('install', installRunner(tools))
  ports.operations.register('uninstall', uninstallRunner(tools))

  return {
    preflight: (request, signal) => preflight(tools, request, signal),
    checks: checkGuide,
    values: (request, signal) => releaseValues(tools, request, signal),
    plan: async (planeId, action, signal) => (await makePlan(tools, planeId, action, signal)).plan,
    async savePlan(planeId, action, signal) {
      const { plan, session, clusterUid, desired } = await makePlan(tools, planeId, action, signal)
      const circumstances = { ...circumstancesOf(session, clusterUid), charts: chartDigests(desired) }
      return { plan, text: sealPlan(plan, subjectOf(plan, desired), circumstances, await key()) }
    },
    async openPlan({ text, planeId }, signal) {
      const saved = openSeal(text, await key())
      const { id } = saved.plane
      if (planeId !== undefined && planeId !== id) throw otherPlane(saved, 'not for this one')
      const session = await openInstallSession(ports, id, saved.action).catch((error: unknown) => {
        if (!(error instanceof Problem) || error.code !== 'PLANE_UNKNOWN') throw error
        throw otherPlane(saved, `and this computer has no plane with its id ${id}`)
      })
      // What is wrong as a whole is reported before charts are fetched.
      refuseOtherCircumstances(saved, circumstancesOf(session, await identifyCluster(session, signal)))
      const { plan, desired } = await makePlan(tools, id, saved.action, signal)
      refuseChangedPlan(saved, plan.digest, subjectOf(plan, desired), chartDigests(desired))
      return plan
    },
    async *watchHolder(planeId, signal) {
      const { client, installation } = await openInstallSession(ports, planeId, 'uninstall')
      yield* watchHolder(client, installation, signal)
    },
    find: async ({ contextId, profile, namespaces }, signal) =>
      findMarks(await ports.client(contextId), profile, namespaces, signal),
    discover: async ({ contextId, profile }, signal) =>
      discoverPlane(
        await ports.client(contextId),
        profile,
        AbortSignal.any([signal, AbortSignal.timeout(discoveryLimitMs)]),
      ),
    installed: async ({ contextId, namespaces }, signal) =>
      readInstalledReleases(
        await ports.client(contextId),
        namespaces,
        AbortSignal.any([signal, AbortSignal.timeout(discoveryLimitMs)]),
      ),
    render: async (chart, signal) => renderVendorChart(await tools.helm(signal), ports.home, chart, signal),
    async start({ planeId, action, digest, acceptedLosses = [] }, signal) {
      if (action === 'uninstall') {
        const { plan, session } = await makeUninstallPlan(tools, planeId, signal)
        refuseOtherPlan(plan, digest)
        refuseUnacceptedLoss(plan, acceptedLosses)
        await refuseHeld(session, signal)
        return begin(session.plane, plan, acceptedLosses, [])
      }
      const { plan, session, clusterUid, desired } = await makeInstallPlan(tools, planeId, signal)
      const { plane } = session
      refuseOtherPlan(plan, digest)
      refuseUnacceptedLoss(plan, acceptedLosses)
      refuseMissingCredential(plan, desired)
      await refuseHeld(session, signal)
      if (!isNothingToDo(plan)) await refuseFailedPreflight(tools, planeId, signal)
      if (clusterUid !== undefined && plane.clusterUid === undefined) await ports.bindCluster(planeId, clusterUid)
      return begin(plane, plan, acceptedLosses, desired.releases)
    },
  }

  function begin(
    { id: planeId, name }: PlannedPlane,
    { action, digest, losses, ways, steps }: Plan,
    accepted: readonly string[],
    releases: readonly DesiredRelease[],
  ): Promise<Operation> {
    const input: OperationInput = {
      action,
      digest,
      acceptedLosses: [...demandedLosses({ losses, ways }, accepted).map(({ id }) => id), ...takenWays(ways, accepted)],
      steps: steps
        .filter(({ kind }) => kind !== 'keep')
        .map(({ id, title, kind, needs }) => ({ id, title, kind, needs })),
      desired: Object.fromEntries(releases.map(({ name, contentDigest }) => [name, contentDigest])),
      charts: Object.fromEntries(releases.map(({ name, chart }) => [name, chart.digest])),
    }
    const title = `${action === 'install' ? 'Install' : 'Uninstall'} ${name}`
    return ports.operations.start({ kind: action, planeId, title, input: toJson(input) })
  }
}

const makePlan = (
  tools: InstallTools,
  planeId: string,
  action: Action,
  signal: AbortSignal,
): Promise<MadePlan & Partial<MadeInstallPlan>> =>
  action === 'install' ? makeInstallPlan(tools, planeId, signal) : makeUninstallPlan(tools, planeId, signal)

const circumstancesOf = (
  { plane, loaded }: InstallSession,
  clusterUid: string | undefined,
): Omit<PlanCircumstances, 'charts'> => ({
  plane: { id: plane.id, name: plane.name },
  profile: { name: plane.profile, digest: loaded.digest },
  cluster: { context: plane.contextName, ...(clusterUid !== undefined && { uid: clusterUid }) },
})

const chartDigests = (desired: Desired | undefined): Record<string, string> =>
  Object.fromEntries((desired?.releases ?? []).map(({ name, chart }) => [name, chart.digest]))

function refuseOtherPlan(plan: Plan, digest: string): void {
  if (plan.digest !== digest) throw new Problem('PLAN_STALE', 'The plan has changed since it was shown.')
}

function refuseUnacceptedLoss(plan: Plan, accepted: readonly string[]): void {
  const missing = demandedLosses(plan, accepted).filter(({ id }) => !accepted.includes(id))
  if (missing.length === 0) return
  const message = `Not accepted: ${missing.map(({ message }) => message).join(' ')}`
  throw new Problem('LOSS_NOT_ACCEPTED', message, missing.map(({ id }) => id).join('\n'))
}

function refuseMissingCredential({ steps }: Plan, { secrets }: Desired): void {
  const secret = secrets.find(
    ({ required, missing, namespace, name }) =>
      required &&
      missing.length > 0 &&
      steps.some(({ id, kind }) => kind === 'secret' && id === `secret:${namespace}/${name}`),
  )
  if (secret) throw new Problem('CREDENTIAL_MISSING', `${secret.title} is not stored.`, secret.missing.join(', '))
}

async function refuseFailedPreflight(tools: InstallTools, planeId: string, signal: AbortSignal): Promise<void> {
  for await (const event of preflight(tools, { planeId, only: strictChecks }, signal)) {
    if (event.kind !== 'finished') continue
    const failed = event.report.results.filter(({ strict, verdict }) => strict && verdict === 'fail')
    if (failed.length === 0) continue
    const message = failed.map(({ title, message }) => `${title}: ${message}`).join(' ')
    throw new Problem('PREFLIGHT_FAILED', message, failed.map(({ evidence }) => evidence).join('\n'))
  }
}
