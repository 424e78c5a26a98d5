import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../../../preload/contract/problem.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { type Act, nextStep } from '../decide.ts'
import { lookForHelm, ownHelmRuns, thisHost } from '../observe/orphaned-processes.ts'
import { type History, markFailed, observeRelease } from '../observe/releases.ts'
import { sayWaiting } from '../observe/waiting.ts'
import { type DesiredRelease, marks, type PlannedRelease } from '../plan/desired.ts'
import { isKept, placed } from '../plan/manifest.ts'
import { foreignRelease } from '../plan/plan.ts'
import { untilEnded } from './deletion.ts'
import { whileWatching } from './progress.ts'
import { lookEveryMs, type Run, type StepResult } from './run.ts'

const keptRevisions = '5'

/** Brings one release to where the plan wants it: looks, chooses one act, records it, does it, looks again. */
export async function installRelease(
  run: Run,
  step: string,
  release: DesiredRelease,
  signal: AbortSignal,
): Promise<StepResult> {
  return operate(run, step, release, 'installed', release, signal)
}

export async function uninstallRelease(
  run: Run,
  step: string,
  target: PlannedRelease,
  signal: AbortSignal,
): Promise<StepResult> {
  return operate(run, step, target, 'absent', undefined, signal)
}

async function operate(
  run: Run,
  step: string,
  target: PlannedRelease,
  aim: 'installed' | 'absent',
  release: DesiredRelease | undefined,
  signal: AbortSignal,
): Promise<StepResult> {
  const { handle, client, place } = run
  const { name, namespace, timeoutSeconds } = target
  const goal = { name, profile: place.profile, desired: release?.desired ?? '', timeoutSeconds }
  const done: string[] = []
  for (let before = ''; ; ) {
    // Looked for before the history: a helm that ends in between has still changed what is read after it.
    const ownRuns = await ownHelmRuns(handle.id, run.journal, step)
    const history = await observeRelease(client, target, signal)
    const last = history.at(-1)
    const helm = ownRuns ? { alive: true, gone: false } : await lookForHelm(last, handle.id, run.journal, step)
    const act = nextStep({ history, ...helm, now: Date.now() }, goal, aim)
    if (act.kind === 'none') {
      const message = last === undefined ? 'It is gone.' : `Revision ${last.revision}, ${last.status}.`
      return { changed: done.length > 0, message }
    }
    if (act.kind === 'foreign') {
      if (aim === 'absent') return { changed: false, message: 'Kept: it does not belong to this plane.' }
      throw foreignRelease(target, history)
    }
    if (act.kind === 'unclear') throw new Problem('HELM_FAILED', `Helm does not know the state of release ${name}.`)
    if (act.kind === 'wait') {
      const since = new Date(last?.changedAt ?? Date.now()).toISOString()
      handle.waitingOn(step, [{ object: { kind: 'Release', namespace, name }, why: act.why, since }])
      await sleep(lookEveryMs, undefined, { signal })
      continue
    }
    handle.waitingOn(step, [])
    const now = `${act.kind} at ${last?.secret ?? 'nothing'} ${last?.status ?? ''}`
    if (now === before) throw new Problem('STEP_REPEATED', `${act.kind} of release ${name} changed nothing.`, now)
    before = now
    if (act.kind === 'install') {
      // What is ending would take with it what helm puts in its place.
      await untilEnded(run, step, run.objectsOf(name), timeoutSeconds * 1_000, signal)
    }
    await run.record('act', step, { act: act.kind, release: name, namespace, found: last?.status ?? 'absent' })
    handle.message(step, `${sentences[act.kind]} ${name}`)
    await perform(run, step, target, act, history, release, signal)
    done.push(act.kind)
  }
}

const sentences: Readonly<Record<Act['kind'], string>> = {
  install: 'Installing',
  replace: 'Installing',
  upgrade: 'Upgrading',
  uninstall: 'Uninstalling',
  rollback: 'Rolling back',
  'mark-failed': 'Unlocking',
  wait: '',
  none: '',
  foreign: '',
  unclear: '',
}

async function perform(
  run: Run,
  step: string,
  target: PlannedRelease,
  act: Act,
  history: History,
  release: DesiredRelease | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { name, namespace, timeoutSeconds } = target
  const last = history.at(-1)
  if (act.kind === 'mark-failed') {
    if (last) await markFailed(run.client, namespace, last, signal)
    return
  }
  const change = {
    connection: run.connection,
    timeoutSeconds,
    started: ({ pid, started }: { readonly pid: number; readonly started: string }) =>
      run.record('helm', step, { pid, started }),
  }
  const { failure, waiting } = await whileWatching(
    run,
    step,
    name,
    () => {
      if (act.kind === 'uninstall') {
        // Helm 4.3's own waiting takes an object that is still ending for an error: ours comes after it.
        // To begin anew it is enough that the names are free; "gone" means that the pods are gone, too.
        const cascade = release === undefined ? 'foreground' : 'background'
        // Names the operation on its command line, by which a later life of ours knows it.
        const author = ['--description', `${marks.operation}=${run.handle.id}`]
        const how = [...author, '--ignore-not-found', '--cascade', cascade, '--wait=hookOnly']
        return run.helm.undo(['uninstall', name, '--namespace', namespace, ...how], change, signal)
      }
      if (act.kind === 'rollback') {
        const how = ['--history-max', keptRevisions, '--wait=watcher']
        const args = ['rollback', name, String(act.revision), '--namespace', namespace, ...how]
        return run.helm.undo(args, change, signal)
      }
      if (release === undefined) throw new Error(`${act.kind} without a release`)
      return run.helm.apply(applyArgs(act.kind, release, run), release.values, change, signal)
    },
    signal,
  )
  await run.record('acted', step, outcome(act, failure))
  if (failure === undefined) {
    if (act.kind !== 'uninstall') return
    const objects = (last?.objects ?? []).filter((object) => !isKept(object)).map((object) => placed(object, namespace))
    return untilEnded(run, step, objects, timeoutSeconds * 1_000, signal)
  }
  if (signal.aborted) {
    const left = await observeRelease(run.client, target, AbortSignal.timeout(5_000)).catch(() => [])
    const said = left.at(-1)
    run.handle.message(
      step,
      said
        ? `Stopped; release ${name} is ${said.status}, revision ${said.revision}`
        : `Stopped; there is no release ${name}`,
    )
    throw signal.reason
  }
  if (!(failure instanceof Problem) || waiting.length === 0) throw failure
  // What helm waited for says more than that it waited.
  const [first] = waiting
  const message =
    failure.code === 'STEP_TIMED_OUT' && first
      ? `${name} was not ready within ${timeoutSeconds} s: ${first.object.kind} ${first.object.name}: ${first.why}`
      : failure.message
  throw new Problem(failure.code, message, `${sayWaiting(waiting)}\n${failure.evidence}`, { cause: failure })
}

const outcome = (act: Act, failure: unknown): JsonObject => ({
  act: act.kind,
  ended: failure === undefined ? 'well' : failure instanceof Problem ? failure.code : 'failed',
})

function applyArgs(
  kind: Act['kind'],
  { name, namespace, chart, desired }: DesiredRelease,
  { handle, place }: Run,
): string[] {
  const labels = {
    [marks.profile]: place.profile,
    [marks.desired]: desired,
    [marks.operation]: handle.id,
    [marks.host]: thisHost(),
  }
  const written = Object.entries(labels).map(([label, value]) => `${label}=${value}`)
  const common = [
    name,
    chart.file,
    '--namespace',
    namespace,
    '--labels',
    written.join(','),
    '--wait=watcher',
    '--wait-for-jobs',
  ]
  // Without values of its own an upgrade would take those of the revision before.
  if (kind === 'upgrade') return ['upgrade', ...common, '--reset-values', '--history-max', keptRevisions]
  return ['install', ...common, ...(kind === 'replace' ? ['--replace'] : [])]
}
