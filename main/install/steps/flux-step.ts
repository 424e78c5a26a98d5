import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../../../preload/contract/problem.ts'
import { applyObject } from '../../lib/kubernetes/apply.ts'
import { deleteObject, getObject } from '../../lib/kubernetes/objects.ts'
import { helmRelease, lostNulls, ociRepository, readHelmRelease } from '../observe/flux.ts'
import { kinds } from '../observe/kinds.ts'
import { conditionOf } from '../observe/kubernetes-object.ts'
import { presenceOf } from '../observe/observe.ts'
import { sayWaiting } from '../observe/waiting.ts'
import type { DesiredRelease, PlannedRelease } from '../plan/desired.ts'
import { untilEnded } from './deletion.ts'
import { lookAtRelease } from './progress.ts'
import { lookEveryMs, type Run, type StepResult } from './run.ts'

/** Beyond the release's own time-out: helm-controller's to look, and the source's to be fetched. */
const overtimeMs = 60_000

/** Applies the HelmRelease and its source, and waits until Flux says that this very generation is installed. */
export async function applyFlux(
  run: Run,
  step: string,
  release: DesiredRelease,
  signal: AbortSignal,
): Promise<StepResult> {
  const { client, place, handle } = run
  const object = await getObject(client, kinds.helmRelease, release, signal)
  if (presenceOf(object, place.profile) === 'others') {
    throw new Problem(
      'RELEASE_FOREIGN',
      `HelmRelease ${release.namespace}/${release.name} does not belong to this plane.`,
    )
  }
  const found = readHelmRelease(object)
  if (found.state === 'ready' && found.desired === release.desired) return { changed: false, message: found.reason }
  let token: string | undefined
  if (found.desired !== release.desired || found.state === 'failed') {
    // The spec alone would change nothing where the same one failed before.
    token = found.desired === release.desired ? `${handle.id}-${Date.now()}` : undefined
    await run.record('act', step, {
      act: 'apply',
      kind: 'HelmRelease',
      namespace: release.namespace,
      name: release.name,
    })
    await applyObject(client, ociRepository(release, place.profile), { force: true }, signal)
    const applied = await applyObject(client, helmRelease(release, place.profile, token), { force: true }, signal)
    const lost = lostNulls(release.values, applied)
    if (lost.length > 0) {
      const message = `The cluster does not keep the empty values of ${release.name}: the chart's defaults would come back.`
      throw new Problem('HELM_FAILED', message, lost.join('\n'))
    }
  }
  const reason = await untilReady(run, step, release, token, signal)
  return { changed: true, message: reason }
}

async function untilReady(
  run: Run,
  step: string,
  release: DesiredRelease,
  token: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const { namespace, name, timeoutSeconds } = release
  const since = new Date().toISOString()
  const end = Date.now() + timeoutSeconds * 1_000 + overtimeMs
  for (;;) {
    const [object, source, workloads] = await Promise.all([
      getObject(run.client, kinds.helmRelease, release, signal),
      getObject(run.client, kinds.ociRepository, release, signal),
      lookAtRelease(run, name, signal),
    ])
    const found = readHelmRelease(object, token)
    if (found.state === 'ready') {
      run.handle.waitingOn(step, [])
      return found.reason
    }
    const fetched = source && conditionOf(source, 'Ready')
    const waiting = [
      { object: { kind: 'HelmRelease', namespace, name }, why: found.reason, since },
      ...(fetched?.status === 'True'
        ? []
        : [
            {
              object: { kind: 'OCIRepository', namespace, name },
              why: fetched?.message || 'its chart is not fetched yet',
              since,
            },
          ]),
      ...workloads,
    ]
    run.handle.waitingOn(step, waiting)
    if (found.state === 'failed') {
      throw new Problem('HELM_FAILED', `Flux could not install ${name}: ${found.reason}`, sayWaiting(waiting))
    }
    if (Date.now() > end) {
      throw new Problem(
        'STEP_TIMED_OUT',
        `${name} was not ready within ${timeoutSeconds} s: ${found.reason}`,
        sayWaiting(waiting),
      )
    }
    await sleep(lookEveryMs, undefined, { signal })
  }
}

/** Deletes the HelmRelease while helm-controller lives: its finalizer uninstalls the release. */
export async function deleteFlux(
  run: Run,
  step: string,
  target: PlannedRelease,
  signal: AbortSignal,
): Promise<StepResult> {
  const { client, place } = run
  const { namespace, name, timeoutSeconds } = target
  const presence = presenceOf(await getObject(client, kinds.helmRelease, target, signal), place.profile)
  if (presence === 'others') return { changed: false, message: 'Kept: it does not belong to this plane.' }
  const source = presenceOf(await getObject(client, kinds.ociRepository, target, signal), place.profile)
  if (presence === 'absent' && source !== 'ours') return { changed: false, message: 'It is gone.' }
  await run.record('act', step, { act: 'delete', kind: 'HelmRelease', namespace, name })
  await deleteObject(client, kinds.helmRelease, target, {}, signal)
  await untilEnded(run, step, [{ ...kinds.helmRelease, namespace, name }], timeoutSeconds * 1_000, signal)
  if (source === 'ours') await deleteObject(client, kinds.ociRepository, target, {}, signal)
  return { changed: true, message: 'Uninstalled by Flux.' }
}
