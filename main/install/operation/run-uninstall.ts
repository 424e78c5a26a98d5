import { discover } from '../../lib/kubernetes/discovery.ts'
import type { OperationRunner } from '../../lib/operation.ts'
import { type InstallTools, identifyCluster, openInstallSession } from '../plan/install-session.ts'
import { deleteFlux } from '../steps/flux-step.ts'
import { uninstallRelease } from '../steps/helm-step.ts'
import { removeNamespace } from '../steps/namespace-step.ts'
import { startRun } from '../steps/run.ts'
import { removeSecret } from '../steps/secret-step.ts'
import { removeDropped } from './dropped.ts'
import { OperationInput, orderedSteps } from './input.ts'
import { required, runStep, runSteps, type StepHandler, subjectOf, withLease } from './run-step.ts'

/** Runs an operation of the kind `uninstall`. A Problem, or the abort reason, ends it; the operation records it. */
export const uninstallRunner =
  (tools: InstallTools): OperationRunner =>
  async (handle, signal) => {
    const { ports } = tools
    const input = OperationInput.parse(handle.input)
    const steps = orderedSteps(input)
    await handle.declareSteps(steps)
    const session = await openInstallSession(ports, handle.planeId, 'uninstall')
    await identifyCluster(session, signal)
    const { plane, client, installation } = session
    const helm = await tools.helm(signal)
    const connection = await ports.connection(plane.contextId)
    const parts = {
      handle,
      client,
      connection,
      helm,
      installation,
      secret: () => undefined,
      objectsOf: () => [],
      repairs: new Set<string>(),
      acceptedLosses: input.acceptedLosses,
    }
    const run = startRun(parts, input)

    const removeRelease: StepHandler = (id, limit) => {
      const subject = installation.releases.find(({ name }) => name === subjectOf(id))
      const release = required(subject, id)
      const isFlux = input.steps.some((step) => step.id === id && step.kind === 'flux-delete')
      return isFlux ? deleteFlux(run, id, release, limit) : uninstallRelease(run, id, release, limit)
    }
    const removeCredential: StepHandler = (id, limit) => {
      const secret = installation.secrets.find(({ namespace, name }) => `${namespace}/${name}` === subjectOf(id))
      const [namespace = '', name = ''] = subjectOf(id).split('/')
      return removeSecret(run, id, secret ?? { namespace, name, keys: [], missing: [] }, limit)
    }
    const removers: Readonly<Record<string, StepHandler>> = {
      release: removeRelease,
      dropped: (id, limit) => removeDropped(run, input, id, limit),
      secret: removeCredential,
    }
    const removeOwnNamespace: StepHandler = async (id, limit) =>
      removeNamespace(run, id, subjectOf(id), await discover(client, limit), limit)

    const isNamespace = ({ id }: { readonly id: string }) => id.startsWith('namespace:')
    const others = steps.filter((step) => !isNamespace(step))
    const removerOf = (id: string) => required(removers[id.slice(0, id.indexOf(':'))], id)
    await withLease(run, (limit) => runSteps(run, others, removerOf, limit), signal)
    // The lease is deleted with the first namespace, so it is released before.
    for (const { id } of steps.filter(isNamespace)) await runStep(run, id, removeOwnNamespace, signal)
    await ports.markUninstalled(handle.planeId)
  }
