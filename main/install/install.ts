import type { CheckGuide, Plan, PreflightEvent, PreflightRequest } from '../../preload/contract/install.ts'
import type { Operation } from '../../preload/contract/operations.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { discover } from '../lib/kubernetes/discovery.ts'
import { observe } from './observe/observe.ts'
import { toJson } from './operation/input.ts'
import { installRunner } from './operation/run-install.ts'
import { uninstallRunner } from './operation/run-uninstall.ts'
import type { Desired } from './plan/desired.ts'
import {
  createHelmFinder,
  createRenderer,
  type InstallTools,
  openInstallSession,
  resolveDesired,
} from './plan/install-session.ts'
import { isNothingToDo, planInstall } from './plan/plan.ts'
import { planUninstall } from './plan/plan-uninstall.ts'
import type { InstallPorts } from './ports.ts'
import { checkGuide, preflight, strictChecks } from './preflight/preflight.ts'

type Action = Plan['action']

export interface Install {
  /** Checks of the cluster. Each result is yielded when its check ends, the report last. */
  preflight(request: PreflightRequest, signal: AbortSignal): AsyncGenerator<PreflightEvent>
  checks(): readonly CheckGuide[]
  /** What would be done now. Throws RELEASE_FOREIGN, HELM_*, CLUSTER_*. */
  plan(planeId: string, action: Action, signal: AbortSignal): Promise<Plan>
  /** Starts the operation of the plan that was shown. Throws PLAN_STALE, PREFLIGHT_FAILED, CREDENTIAL_MISSING, OPERATION_RUNNING. */
  start(
    request: { readonly planeId: string; readonly action: Action; readonly digest: string },
    signal: AbortSignal,
  ): Promise<Operation>
}

/** Registers the operation kinds `install` and `uninstall`. Creating it accesses no cluster. */
export function createInstall(ports: InstallPorts): Install {
  const tools: InstallTools = { ports, helm: createHelmFinder(ports), render: createRenderer() }
  ports.operations.register('install', installRunner(tools))
  ports.operations.register('uninstall', uninstallRunner(tools))

  return {
    preflight: (request, signal) => preflight(tools, request, signal),
    checks: checkGuide,
    plan: async (planeId, action, signal) => (await makePlan(tools, planeId, action, signal)).plan,
    async start({ planeId, action, digest }, signal) {
      const { plan, desired } = await makePlan(tools, planeId, action, signal)
      if (plan.digest !== digest) throw new Problem('PLAN_STALE', 'The plan has changed since it was shown.')
      if (desired) refuseMissingCredential(plan, desired)
      if (action === 'install' && !isNothingToDo(plan)) await refuseFailedPreflight(tools, planeId, signal)
      const { name: planeName } = await ports.plane(planeId)
      const releases = desired?.releases ?? []
      return ports.operations.start({
        kind: action,
        planeId,
        title: `${action === 'install' ? 'Install' : 'Uninstall'} ${planeName}`,
        input: toJson({
          action,
          digest,
          steps: plan.steps.filter(({ kind }) => kind !== 'keep').map(({ id, title, kind }) => ({ id, title, kind })),
          desired: Object.fromEntries(releases.map(({ name, contentDigest }) => [name, contentDigest])),
          charts: Object.fromEntries(releases.map(({ name, chart }) => [name, chart.digest])),
        }),
      })
    },
  }
}

/** `desired`: for an install only. */
async function makePlan(
  tools: InstallTools,
  planeId: string,
  action: Action,
  signal: AbortSignal,
): Promise<{ readonly plan: Plan; readonly desired?: Desired }> {
  const session = await openInstallSession(tools.ports, planeId, action)
  const { client, installation } = session
  const createdAt = new Date().toISOString()
  if (action === 'uninstall') {
    return { plan: planUninstall(installation, await observe(client, installation, signal), createdAt) }
  }
  const helm = await tools.helm(signal)
  const [desired, discovery, observed] = await Promise.all([
    resolveDesired(tools.ports, session, helm, {}, signal),
    discover(client, signal),
    observe(client, installation, signal),
  ])
  const rendered = await tools.render(helm, desired, discovery, signal)
  return { desired, plan: planInstall(desired, observed, rendered, helm.program, createdAt) }
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
