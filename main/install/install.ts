import type { Plan, PreflightEvent } from '../../preload/contract/install.ts'
import type { Operation } from '../../preload/contract/operations.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { discover } from './observe/discovery.ts'
import { observe } from './observe/observe.ts'
import { inputOf, installRunner, type Tools, uninstallRunner } from './operate.ts'
import type { Desired } from './plan/desired.ts'
import { createRenderer, helmFinder, openScene, wantedFor } from './plan/install-session.ts'
import { isNothingToDo, planInstall } from './plan/plan.ts'
import { planUninstall } from './plan/plan-uninstall.ts'
import type { InstallPorts } from './ports.ts'
import { preflight } from './preflight/preflight.ts'

type Action = Plan['action']

export interface Install {
  /** Read-only checks, each told as it ends; the report comes last. */
  preflight(planeId: string, signal: AbortSignal): AsyncGenerator<PreflightEvent>
  /** What would be done now. Throws RELEASE_FOREIGN, HELM_*, CLUSTER_*. */
  plan(planeId: string, action: Action, signal: AbortSignal): Promise<Plan>
  /** Starts the operation on the plan that was shown. Throws PLAN_STALE, PREFLIGHT_FAILED, CREDENTIAL_MISSING, OPERATION_RUNNING. */
  start(
    request: { readonly planeId: string; readonly action: Action; readonly digest: string },
    signal: AbortSignal,
  ): Promise<Operation>
}

/** Registers the kinds `install` and `uninstall` with the operations. Starting it touches no cluster. */
export function createInstall(ports: InstallPorts): Install {
  const tools: Tools = { ports, helm: helmFinder(ports), render: createRenderer() }
  ports.operations.register('install', installRunner(tools))
  ports.operations.register('uninstall', uninstallRunner(tools))

  async function draw(planeId: string, action: Action, signal: AbortSignal): Promise<{ plan: Plan; wanted?: Desired }> {
    const scene = await openScene(ports, planeId)
    const { client, place, plane } = scene
    const at = new Date().toISOString()
    if (action === 'uninstall') return { plan: planUninstall(place, await observe(client, place, signal), at) }
    const helm = await tools.helm(plane, signal)
    const [wanted, discovery, observed] = await Promise.all([
      wantedFor(ports, scene, helm, {}, signal),
      discover(client, signal),
      observe(client, place, signal),
    ])
    const rendered = await tools.render(helm, wanted, discovery, signal)
    return { wanted, plan: planInstall(wanted, observed, rendered, helm.program, at) }
  }

  async function refuseFailed(planeId: string, signal: AbortSignal): Promise<void> {
    for await (const event of preflight(tools, planeId, signal)) {
      if (event.kind !== 'finished') continue
      const failed = event.report.results.filter(({ strict, verdict }) => strict && verdict === 'fail')
      if (failed.length === 0) continue
      const said = failed.map(({ title, message }) => `${title}: ${message}`)
      throw new Problem('PREFLIGHT_FAILED', said.join(' '), failed.map(({ evidence }) => evidence).join('\n'))
    }
  }

  return {
    preflight: (planeId, signal) => preflight(tools, planeId, signal),
    plan: async (planeId, action, signal) => (await draw(planeId, action, signal)).plan,
    async start({ planeId, action, digest }, signal) {
      const { plan, wanted } = await draw(planeId, action, signal)
      if (plan.digest !== digest) throw new Problem('PLAN_STALE', 'The plan would be another one now.')
      const missing = wanted?.secrets.find(
        (secret) =>
          secret.required &&
          secret.missing.length > 0 &&
          plan.steps.some(({ id, kind }) => kind === 'secret' && id === `secret:${secret.namespace}/${secret.name}`),
      )
      if (missing)
        throw new Problem('CREDENTIAL_MISSING', `${missing.title} is not stored.`, missing.missing.join(', '))
      if (action === 'install' && !isNothingToDo(plan)) await refuseFailed(planeId, signal)
      const named = await ports.plane(planeId)
      const releases = wanted?.releases ?? []
      return ports.operations.start({
        kind: action,
        planeId,
        title: action === 'install' ? `Install ${named.name}` : `Uninstall ${named.name}`,
        input: inputOf({
          action,
          digest,
          steps: plan.steps.filter(({ kind }) => kind !== 'keep').map(({ id, title, kind }) => ({ id, title, kind })),
          desired: Object.fromEntries(releases.map(({ name, desired }) => [name, desired])),
          charts: Object.fromEntries(releases.map(({ name, chart }) => [name, chart.digest])),
        }),
      })
    },
  }
}
