import { Problem } from '../../../preload/contract/problem.ts'
import { together } from '../../lib/concurrency/together.ts'
import { discover } from '../../lib/kubernetes/discovery.ts'
import type { OperationRunner } from '../../lib/operation.ts'
import { releaseObject } from '../observe/manifest.ts'
import type { Desired } from '../plan/desired.ts'
import { type InstallTools, identifyCluster, openInstallSession, resolveDesired } from '../plan/install-session.ts'
import type { InstallPorts } from '../ports.ts'
import { applyFlux } from '../steps/flux-step.ts'
import { installRelease } from '../steps/helm-step.ts'
import { ensureNamespace } from '../steps/namespace-step.ts'
import { type Run, startRun } from '../steps/run.ts'
import { applySecret } from '../steps/secret-step.ts'
import { verify } from '../steps/verify-step.ts'
import { removeDropped } from './dropped.ts'
import { OperationInput, orderedSteps } from './input.ts'
import { required, runStep, runSteps, type StepHandler, subjectOf, withLease } from './run-step.ts'

/** Runs an operation of the kind `install`. A Problem, or the abort reason, ends it; the operation records it. */
export const installRunner =
  (tools: InstallTools): OperationRunner =>
  async (handle, signal) => {
    const { ports } = tools
    const input = OperationInput.parse(handle.input)
    const ordered = orderedSteps(input)
    await handle.declareSteps(ordered)
    const { run, desired } = await openRun(tools, handle, input, signal)
    const handlers = stepHandlers(run, desired, input)
    // The lease is in the first namespace, so that namespace is created first; all other steps need the lease.
    const isFirstNamespace = ({ id }: { readonly id: string }) => id === `namespace:${desired.namespaces[0]}`
    for (const { id } of ordered.filter(isFirstNamespace)) {
      await runStep(run, id, required(handlers.namespace, id), signal)
    }
    const steps = ordered.filter((step) => !isFirstNamespace(step))
    const handlerOf = (id: string) => required(handlers[id === 'verify' ? id : id.slice(0, id.indexOf(':'))], id)
    await withLease(run, (limit) => runSteps(run, steps, handlerOf, limit), signal)
    await ports.markInstalled(handle.planeId)
  }

/** Throws PLAN_STALE if the content of a release changed since the plan was made. */
async function openRun(
  tools: InstallTools,
  handle: Parameters<OperationRunner>[0],
  input: OperationInput,
  signal: AbortSignal,
): Promise<{ readonly run: Run; readonly desired: Desired }> {
  const { ports } = tools
  const session = await openInstallSession(ports, handle.planeId, 'install')
  await identifyCluster(session, signal)
  const { plane, client } = session
  const helm = await tools.helm(signal)
  const [desired, discovery, connection] = await together(
    signal,
    (either) => resolveDesired(ports, session, helm, input.charts, either),
    (either) => discover(client, either),
    async () => await ports.connection(plane.contextId),
  )
  for (const { name, contentDigest } of desired.releases) {
    if (input.desired[name] === contentDigest) continue
    throw new Problem('PLAN_STALE', `The chart or the values of ${name} changed since the plan was made.`)
  }
  const rendered = await tools.render(helm, desired, discovery, signal)
  const objects = new Map(
    desired.releases.map(({ name, namespace }) => [
      name,
      (rendered.get(name) ?? []).map((object) => releaseObject(object, namespace)),
    ]),
  )
  const objectsOf = (name: string) => objects.get(name) ?? []
  const secret: InstallPorts['secret'] = (...key) => ports.secret(...key)
  const { acceptedLosses } = input
  const repairs = new Set(input.steps.filter(({ kind }) => kind === 'helm-repair').map(({ id }) => subjectOf(id)))
  const parts = { handle, client, connection, helm, installation: desired, secret, objectsOf, repairs, acceptedLosses }
  const run = startRun(parts, input)
  return { run, desired }
}

/** By the kind of the step, which is the first part of its id. */
function stepHandlers(run: Run, desired: Desired, input: OperationInput): Readonly<Record<string, StepHandler>> {
  return {
    namespace: (id, signal) => ensureNamespace(run, id, subjectOf(id), signal),
    secret: (id, signal) => {
      const secret = desired.secrets.find(({ namespace, name }) => `${namespace}/${name}` === subjectOf(id))
      return applySecret(run, id, required(secret, id), signal)
    },
    release: (id, signal) => {
      const subject = desired.releases.find(({ name }) => name === subjectOf(id))
      const release = required(subject, id)
      return release.via === 'flux' ? applyFlux(run, id, release, signal) : installRelease(run, id, release, signal)
    },
    dropped: (id, signal) => removeDropped(run, input, id, signal),
    verify: (id, signal) => verify(run, id, desired.releases, signal),
  }
}
