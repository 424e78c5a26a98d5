import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../../../preload/contract/problem.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { discover } from '../../lib/kubernetes/discovery.ts'
import { deleteObject } from '../../lib/kubernetes/objects.ts'
import { processTable } from '../../lib/process-id.ts'
import type { PlannedRelease } from '../installation.ts'
import { labelKeys } from '../labels.ts'
import { markedObjects, missingRevision, objectsOfRelease } from '../observe/lost-records.ts'
import { isKept, namespacedReference } from '../observe/manifest.ts'
import { findRunningHelm, isOwnHelmRunning, thisHost } from '../observe/orphaned-processes.ts'
import { readManifest } from '../observe/read-manifest.ts'
import {
  changeManifests,
  foreignRelease,
  type History,
  hasOwnLabels,
  isLost,
  markFailed,
  observeRelease,
  type Revision,
  rebuildRecord,
} from '../observe/releases.ts'
import { servedAs } from '../observe/served-as.ts'
import { formatWaiting } from '../observe/waiting.ts'
import { adoptId } from '../plan/adoption.ts'
import type { DesiredRelease } from '../plan/desired.ts'
import { deletedObjects, lossesOf } from '../plan/losses.ts'
import { changeLossId, mayOverwrite } from '../plan/release-changes.ts'
import { hooksId, kindsId } from '../plan/ways-out.ts'
import { waitUntilDeleted } from './deletion.ts'
import { hiddenTexts } from './hidden-texts.ts'
import { describeHookLog, hookEvidence } from './hook-log.ts'
import { nextAction, type ReleaseAction, type ReleaseChange } from './next-action.ts'
import { type Hooks, whileReportingProgress } from './progress.ts'
import { pollIntervalMs, type Run, type StepOutcome } from './run.ts'

const maxHistory = '5'

export async function installRelease(
  run: Run,
  step: string,
  release: DesiredRelease,
  signal: AbortSignal,
): Promise<StepOutcome> {
  return reconcile(run, step, release, release, signal)
}

export async function uninstallRelease(
  run: Run,
  step: string,
  release: PlannedRelease,
  signal: AbortSignal,
): Promise<StepOutcome> {
  return reconcile(run, step, release, undefined, signal)
}

/**
 * Brings a release to its desired state (`desired` undefined: not installed): observe, choose one action, record it,
 * perform it, and again until nothing is left to do.
 */
async function reconcile(
  run: Run,
  step: string,
  release: PlannedRelease,
  desired: DesiredRelease | undefined,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const { handle, client, installation } = run
  const { name, namespace, timeoutSeconds } = release
  const aim = desired === undefined ? 'absent' : 'installed'
  const contentDigest = desired?.contentDigest ?? ''
  const repairedBy = run.repairs.has(name) ? handle.id : undefined
  const mayAdopt = run.acceptedLosses.includes(adoptId(name))
  const goal = { name, profile: installation.profile, contentDigest, timeoutSeconds, repairedBy, mayAdopt }
  let changed = false
  let previous = ''
  for (;;) {
    // Before the history: a helm that ends in between has already written what is read after it.
    const ownHelmRuns = await isOwnHelmRunning(handle.id, run.journal, step, release)
    const recorded = await observeRelease(client, release, signal)
    const isMissing = aim === 'absent' && recorded.length === 0 && previous === '' && mayRecover(run, name)
    const history = isMissing ? [missingRevision(release, installation.profile, [])] : recorded
    const last = history.at(-1)
    const helm = ownHelmRuns
      ? { helmRunning: true, helmEnded: false }
      : await findRunningHelm(last, handle.id, run.journal, step, release)
    const mayUndo = aim === 'absent' || isUndoAllowed(run, release, last)
    const action = nextAction({ history, ...helm, now: Date.now() }, { ...goal, mayUndo }, aim)
    if (action.kind === 'none') {
      if (last !== undefined) return { changed, message: `Revision ${last.revision}, ${last.status}.` }
      return { changed, message: changed ? 'Uninstalled.' : 'Not installed.' }
    }
    if (action.kind === 'foreign') {
      if (aim === 'absent') return { changed: false, message: 'Kept: it does not belong to this plane.' }
      throw foreignRelease(release, history)
    }
    if (action.kind === 'unclear') {
      if (last !== undefined && isLost(last)) throw damagedRecord(name, last)
      throw new Problem('HELM_FAILED', `Helm reports the status "unknown" for release ${name}.`)
    }
    if (action.kind === 'wait') {
      const since = new Date(last?.changedAt ?? Date.now()).toISOString()
      handle.waitingOn(step, [{ object: { kind: 'Release', namespace, name }, why: action.why, since }])
      await sleep(pollIntervalMs, undefined, { signal })
      continue
    }
    handle.waitingOn(step, [])
    const current = `${action.kind} at ${last?.secret ?? 'no revision'} ${last?.status ?? ''}`
    if (current === previous) {
      throw new Problem('STEP_REPEATED', `${action.kind} of release ${name} changed nothing.`, current)
    }
    previous = current
    if (action.kind === 'install') {
      // Objects that are still being deleted would take the new ones of the same name with them.
      await waitUntilDeleted(run, step, run.objectsOf(name), timeoutSeconds * 1_000, signal)
    }
    await run.record('act', step, { act: action.kind, release: name, namespace, found: last?.status ?? 'absent' })
    handle.message(step, `${progressVerbs[action.kind]} ${name}`)
    await perform(run, step, release, action, history, desired, signal)
    changed = true
  }
}

/** An operation undoes what it did itself, if nothing is lost by it; anything else needs the user's consent. */
function isUndoAllowed(run: Run, { name, namespace }: PlannedRelease, last: Revision | undefined): boolean {
  if (mayRecover(run, name)) return true
  const isOwn = last?.labels[labelKeys.operation] === run.handle.id && hasOwnLabels(last)
  return isOwn && lossesOf(deletedObjects(last, namespace), namespace, new Map()).length === 0
}

const mayRecover = ({ acceptedLosses }: Run, name: string): boolean => acceptedLosses.includes(`recover:${name}`)

const damagedRecord = (name: string, { revision, secret }: Revision): Problem =>
  new Problem(
    'PLAN_STALE',
    `Helm's record of release ${name}, revision ${revision}, cannot be read. A new plan offers to make it again.`,
    secret,
  )

/** Helm can do nothing with a record that has a kind which the cluster does not serve. */
async function removeUnservedKinds(
  run: Run,
  step: string,
  release: PlannedRelease,
  signal: AbortSignal,
): Promise<void> {
  if (!run.acceptedLosses.includes(kindsId(release.name))) return
  const discovery = await discover(run.client, signal)
  const change = async (document: string): Promise<string | undefined> => {
    const [object] = await readManifest(document, `helm's record of ${release.name}`)
    const found = object === undefined ? 'served' : servedAs(discovery, object)
    if (typeof found === 'object') return document.replace(/^([ \t]*apiVersion:).*$/m, `$1 ${found.apiVersion}`)
    return found === 'absent' ? undefined : document
  }
  await run.record('act', step, { act: 'remove-kinds', release: release.name, namespace: release.namespace })
  await changeManifests(run.client, release, change, signal)
}

const progressVerbs: Readonly<Record<ReleaseChange['kind'], string>> = {
  install: 'Installing',
  replace: 'Installing',
  upgrade: 'Upgrading',
  uninstall: 'Uninstalling',
  rollback: 'Rolling back',
  'mark-failed': 'Unlocking',
  rebuild: 'Making the record again of',
}

async function perform(
  run: Run,
  step: string,
  release: PlannedRelease,
  action: ReleaseChange,
  history: History,
  desired: DesiredRelease | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { name, namespace, timeoutSeconds } = release
  const last = history.at(-1)
  if (action.kind === 'mark-failed') {
    if (last) await markFailed(run.client, namespace, last, signal)
    return
  }
  if (action.kind === 'rebuild') {
    if (last === undefined) return
    const marked = await markedObjects(run.client, await discover(run.client, signal), signal)
    await rebuildRecord(run.client, release, last, objectsOfRelease(marked, release), signal)
    return
  }
  await removeUnservedKinds(run, step, release, signal)
  if (action.kind === 'upgrade') await deleteToRecreate(run, step, release, signal)
  const next = (last?.revision ?? 0) + 1
  const runAction = (): Promise<void> => runHelm(run, step, release, action, { desired, revision: next }, signal)
  const hooks = await hooksOf(run, release, last, desired)
  const { failure, waiting, hookLog } = await whileReportingProgress(run, step, name, hooks, runAction, signal)
  await run.record('acted', step, outcome(action, failure))
  if (failure === undefined) {
    if (action.kind !== 'uninstall') return
    const objects = (last?.objects ?? [])
      .filter((object) => !isKept(object))
      .map((object) => namespacedReference(object, namespace))
    return waitUntilDeleted(run, step, objects, timeoutSeconds * 1_000, signal)
  }
  if (signal.aborted) {
    throw await endOfAborted(run, release, signal.reason)
  }
  if (!(failure instanceof Problem)) throw failure
  if (hookLog !== undefined) {
    const message = `${failure.message} ${describeHookLog(hookLog)}`
    throw new Problem(failure.code, message, `${hookEvidence(hookLog)}\n${failure.evidence}`, { cause: failure })
  }
  if (waiting.length === 0) throw failure
  // The object that helm waited for explains more than the timeout.
  const [first] = waiting
  const message =
    failure.code === 'STEP_TIMED_OUT' && first
      ? `${name} was not ready within ${timeoutSeconds} s: ${first.object.kind} ${first.object.name}: ${first.why}`
      : failure.message
  throw new Problem(failure.code, message, `${formatWaiting(waiting)}\n${failure.evidence}`, { cause: failure })
}

/** Deletes the objects whose recreation the user accepted, each once: helm creates what it does not find. */
async function deleteToRecreate(
  run: Run,
  step: string,
  { name, timeoutSeconds }: PlannedRelease,
  signal: AbortSignal,
): Promise<void> {
  const isDone = (id: string) => run.journal.some(({ event, data }) => event === 'recreated' && data?.id === id)
  const objects = run.objectsOf(name).flatMap((object) => {
    const id = changeLossId('recreate', name, object)
    return run.acceptedLosses.includes(id) && !isDone(id) ? [{ id, object }] : []
  })
  for (const { id, object } of objects) {
    await run.record('act', step, { act: 'delete', kind: object.kind, name: object.name })
    await deleteObject(run.client, object, object, {}, signal)
    await waitUntilDeleted(run, step, [object], timeoutSeconds * 1_000, signal)
    await run.record('recreated', step, { id })
  }
}

/** The hooks of the chart, or of the revision that is uninstalled. Their programs may print the values that they were given. */
async function hooksOf(
  run: Run,
  { name, namespace }: PlannedRelease,
  last: Revision | undefined,
  desired: DesiredRelease | undefined,
): Promise<Hooks> {
  const references =
    desired === undefined
      ? (last?.hooks ?? []).map((hook) => namespacedReference(hook, namespace))
      : run.objectsOf(name).filter(({ isHook }) => isHook)
  return { references, secrets: await hiddenTexts(run, desired) }
}

function runHelm(
  run: Run,
  step: string,
  { name, namespace, timeoutSeconds }: PlannedRelease,
  action: ReleaseChange,
  { desired, revision }: { readonly desired: DesiredRelease | undefined; readonly revision: number },
  signal: AbortSignal,
): Promise<void> {
  const change = {
    connection: run.connection,
    timeoutSeconds,
    started: ({ pid, started }: { readonly pid: number; readonly started: string }) =>
      run.record('helm', step, { pid, started }),
  }
  if (action.kind === 'uninstall') {
    // Helm 4.3 reports an object that is still being deleted as an error, so Hangar waits for deletion itself.
    // Before a new install it is enough that the names are free; an uninstall also waits for the pods.
    const cascade = desired === undefined ? 'foreground' : 'background'
    // Names the operation on the command line, where a later process of Hangar finds it.
    const author = ['--description', `${labelKeys.operation}=${run.handle.id}`]
    const withoutHooks = run.acceptedLosses.includes(hooksId(name)) ? ['--no-hooks'] : []
    const options = [...author, '--ignore-not-found', '--cascade', cascade, '--wait=hookOnly', ...withoutHooks]
    return run.helm.undo(['uninstall', name, '--namespace', namespace, ...options], change, signal)
  }
  if (action.kind === 'rollback') {
    const options = ['--history-max', maxHistory, '--wait=watcher']
    const args = ['rollback', name, String(action.revision), '--namespace', namespace, ...options]
    return run.helm.undo(args, change, signal)
  }
  if (desired === undefined) throw new Error(`${action.kind} without a desired release`)
  return run.helm.apply(applyArgs(action.kind, desired, revision, run), desired.values, change, signal)
}

/** Nobody cancelled an operation whose lease was lost: it names who has it. */
async function endOfAborted(run: Run, release: PlannedRelease, reason: unknown): Promise<Problem> {
  const state = await stateAfterAbort(run, release)
  return reason instanceof Problem && reason.code === 'OPERATION_RUNNING'
    ? new Problem(reason.code, `${reason.message} ${state}`, reason.evidence, { cause: reason })
    : new Problem('CANCELLED', state, '', { cause: reason })
}

async function stateAfterAbort({ client }: Run, release: PlannedRelease): Promise<string> {
  const history = await observeRelease(client, release, AbortSignal.timeout(5_000)).catch(() => [])
  const last = history.at(-1)
  return last
    ? `Stopped. Release ${release.name} is ${last.status}, revision ${last.revision}. Resuming the operation continues from there.`
    : `Stopped. Release ${release.name} does not exist.`
}

const outcome = (action: ReleaseAction, failure: unknown): JsonObject => ({
  act: action.kind,
  ended: failure === undefined ? 'well' : failure instanceof Problem ? failure.code : 'failed',
})

function applyArgs(
  kind: ReleaseAction['kind'],
  { name, namespace, chart, contentDigest }: DesiredRelease,
  revision: number,
  { handle, installation, acceptedLosses }: Run,
): string[] {
  const labels = {
    [labelKeys.profile]: installation.profile,
    [labelKeys.contentDigest]: contentDigest,
    [labelKeys.revision]: String(revision),
    [labelKeys.operation]: handle.id,
    [labelKeys.host]: thisHost(),
    [labelKeys.place]: processTable(),
  }
  const labelList = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
  const common = [
    name,
    chart.file,
    '--namespace',
    namespace,
    '--labels',
    labelList,
    '--wait=watcher',
    '--wait-for-jobs',
  ]
  // Without --reset-values an upgrade without values would keep those of the previous revision.
  if (kind === 'upgrade') {
    // Only server-side apply has owners of fields.
    const takeOver = mayOverwrite(name, acceptedLosses) ? ['--server-side=true', '--force-conflicts'] : []
    return ['upgrade', ...common, '--reset-values', '--history-max', maxHistory, ...takeOver]
  }
  return ['install', ...common, ...(kind === 'replace' ? ['--replace'] : [])]
}
