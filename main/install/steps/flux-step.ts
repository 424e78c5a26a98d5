import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../../../preload/contract/problem.ts'
import { applyObject } from '../../lib/kubernetes/apply.ts'
import { deleteObject, getObject } from '../../lib/kubernetes/objects.ts'
import type { PlannedRelease } from '../installation.ts'
import { readHelmRelease } from '../observe/helm-release.ts'
import { kinds } from '../observe/kinds.ts'
import { conditionOf } from '../observe/kubernetes-object.ts'
import { presenceOf } from '../observe/observe.ts'
import { formatWaiting } from '../observe/waiting.ts'
import type { DesiredRelease } from '../plan/desired.ts'
import { droppedNulls, helmRelease as helmReleaseObject, ociRepository } from '../plan/flux-objects.ts'
import { waitUntilDeleted } from './deletion.ts'
import { hiddenTexts } from './hidden-texts.ts'
import { reportWorkloads } from './progress.ts'
import { pollIntervalMs, type Run, type StepOutcome } from './run.ts'

/** In addition to the release's own timeout: for helm-controller to reconcile and for the source to be fetched. */
const extraTimeMs = 60_000

/** Applies the HelmRelease and its source, then waits until Flux reports this generation as installed. */
export async function applyFlux(
  run: Run,
  step: string,
  release: DesiredRelease,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const { client, installation, handle } = run
  const object = await getObject(client, kinds.helmRelease, release, signal)
  if (presenceOf(object, installation.profile) === 'others') {
    throw new Problem(
      'RELEASE_FOREIGN',
      `HelmRelease ${release.namespace}/${release.name} does not belong to this plane.`,
    )
  }
  const observed = readHelmRelease(object)
  if (observed.state === 'ready' && observed.contentDigest === release.contentDigest)
    return { changed: false, message: observed.reason }
  let retryToken: string | undefined
  if (observed.contentDigest !== release.contentDigest || observed.state === 'failed') {
    // An unchanged spec that failed before is retried only with a new retryToken.
    retryToken = observed.contentDigest === release.contentDigest ? `${handle.id}-${Date.now()}` : undefined
    await run.record('act', step, {
      act: 'apply',
      kind: 'HelmRelease',
      namespace: release.namespace,
      name: release.name,
    })
    await applyObject(client, ociRepository(release, installation.profile), { force: true }, signal)
    const applied = await applyObject(
      client,
      helmReleaseObject(release, installation.profile, retryToken),
      { force: true },
      signal,
    )
    const dropped = droppedNulls(release.values, applied)
    if (dropped.length > 0) {
      const message = `The API server dropped null values of ${release.name}, so the chart's defaults would apply.`
      throw new Problem('HELM_FAILED', message, dropped.join('\n'))
    }
  }
  const reason = await waitUntilReady(run, step, release, retryToken, signal)
  return { changed: true, message: reason }
}

async function waitUntilReady(
  run: Run,
  step: string,
  release: DesiredRelease,
  retryToken: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const { namespace, name, timeoutSeconds } = release
  const since = new Date().toISOString()
  const hidden = await hiddenTexts(run, release)
  const end = Date.now() + timeoutSeconds * 1_000 + extraTimeMs
  for (;;) {
    const [object, source, workloads] = await Promise.all([
      getObject(run.client, kinds.helmRelease, release, signal),
      getObject(run.client, kinds.ociRepository, release, signal),
      reportWorkloads(run, step, name, hidden, signal),
    ])
    const helmRelease = readHelmRelease(object, retryToken)
    if (helmRelease.state === 'ready') {
      run.handle.waitingOn(step, [])
      return helmRelease.reason
    }
    const sourceReady = source && conditionOf(source, 'Ready')
    const waiting = [
      { object: { kind: 'HelmRelease', namespace, name }, why: helmRelease.reason, since },
      ...(sourceReady?.status === 'True'
        ? []
        : [
            {
              object: { kind: 'OCIRepository', namespace, name },
              why: sourceReady?.message || 'the chart is not fetched yet',
              since,
            },
          ]),
      ...workloads,
    ]
    run.handle.waitingOn(step, waiting)
    if (helmRelease.state === 'failed') {
      throw new Problem('HELM_FAILED', `Flux could not install ${name}: ${helmRelease.reason}`, formatWaiting(waiting))
    }
    if (Date.now() > end) {
      throw new Problem(
        'STEP_TIMED_OUT',
        `${name} was not ready within ${timeoutSeconds} s: ${helmRelease.reason}`,
        formatWaiting(waiting),
      )
    }
    await sleep(pollIntervalMs, undefined, { signal })
  }
}

/** Deletes the HelmRelease. helm-controller must be running: its finalizer uninstalls the release. */
export async function deleteFlux(
  run: Run,
  step: string,
  release: PlannedRelease,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const { client, installation } = run
  const { namespace, name, timeoutSeconds } = release
  const presence = presenceOf(await getObject(client, kinds.helmRelease, release, signal), installation.profile)
  if (presence === 'others') return { changed: false, message: 'Kept: it does not belong to this plane.' }
  const source = presenceOf(await getObject(client, kinds.ociRepository, release, signal), installation.profile)
  if (presence === 'absent' && source !== 'ours') return { changed: false, message: 'Already deleted.' }
  await run.record('act', step, { act: 'delete', kind: 'HelmRelease', namespace, name })
  await deleteObject(client, kinds.helmRelease, release, {}, signal)
  await waitUntilDeleted(run, step, [{ ...kinds.helmRelease, namespace, name }], timeoutSeconds * 1_000, signal)
  if (source === 'ours') await deleteObject(client, kinds.ociRepository, release, {}, signal)
  return { changed: true, message: 'Uninstalled by Flux.' }
}
