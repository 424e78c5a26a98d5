import type { Change, Watch, WatchState } from '../../../preload/contract/connectivity.ts'
import { reportProblem } from '../../../preload/contract/problem.ts'
import { vantageInSentence } from '../../../preload/vantages.ts'
import { isNews } from '../history/compare.ts'
import type { History } from '../history/history.ts'
import { findBaseline } from './baseline.ts'
import type { Clock } from './clock.ts'
import {
  claimed,
  completed,
  failed,
  nextStep,
  postponed,
  type RunTimes,
  rereadEveryMs,
  sameWatch,
  scheduled,
} from './schedule.ts'
import { type Check, runScheduledCheck, type ScheduledRun } from './scheduled-run.ts'
import { UserChecks } from './user-checks.ts'
import { readWatch, type SavedWatch, setWatch, updateWatch, type WatchFile } from './watch-file.ts'

const problemLimit = 2_000

const unverifiedProblem =
  'This installation did not write this schedule, or it was changed since. It does not run until you set it again.'

/** What the schedules of all planes share. */
export interface PlaneWatchParts {
  readonly home: string
  readonly history: History
  /** Checks a plane without saving the run. */
  readonly check: (planeId: string, ...rest: Parameters<Check>) => ReturnType<Check>
  /** Called with changes that are worth a notification, once a recheck confirmed them. Never empty. */
  readonly notify: (planeId: string, news: readonly Change[]) => void
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
  /** Called when the state of a schedule changes. */
  readonly onChange: () => void
}

/** The schedule of one plane, in this host. Other hosts may share its file. */
export class PlaneWatch {
  readonly #planeId: string
  readonly #parts: PlaneWatchParts
  readonly #userChecks = new UserChecks()
  /** As last read. */
  #saved: SavedWatch | undefined
  #running = false
  /** Interrupts the current run for a user's check. */
  #interrupt: AbortController | undefined
  /** Set while this host follows the schedule. */
  #stop: AbortController | undefined
  #ended: Promise<void> = Promise.resolve()

  constructor(planeId: string, parts: PlaneWatchParts) {
    this.#planeId = planeId
    this.#parts = parts
  }

  get isFollowed(): boolean {
    return this.#stop !== undefined
  }

  get state(): WatchState {
    const { file, verified = true } = this.#saved ?? {}
    return {
      planeId: this.#planeId,
      watch: file?.watch ?? null,
      running: this.#running,
      lastAt: file?.lastAt ?? null,
      nextAt: verified ? (file?.nextAt ?? null) : null,
      changes: verified ? (file?.changes ?? []) : [],
      problem: verified ? (file?.problem ?? '') : unverifiedProblem,
    }
  }

  /** False for the same schedule in a file that does not verify: setting it again approves it. */
  hasSchedule(watch: Watch): boolean {
    return this.#saved?.verified === true && sameWatch(this.#saved.file.watch, watch)
  }

  /** Reads the file. A followed schedule is already up to date. */
  async refresh(): Promise<void> {
    if (!this.isFollowed) this.#saved = await this.#read()
  }

  /** Stops following, then saves the schedule, or removes it for null. */
  async replace(watch: Watch | null): Promise<void> {
    await this.halt()
    this.#stop = undefined
    this.#saved = await setWatch(this.#parts.home, this.#planeId, (previous) =>
      watch === null ? undefined : scheduled(watch, previous, this.#parts.clock.nowMs()),
    )
  }

  /** Runs the schedule after a delay, until `halt` or until `closing` aborts. */
  follow(delayMs: number, closing: AbortSignal): void {
    this.#stop = new AbortController()
    const signal = AbortSignal.any([this.#stop.signal, closing])
    const delay = delayMs === 0 ? Promise.resolve() : this.#parts.clock.wait(delayMs, signal)
    this.#ended = delay.then(() => this.#follow(signal))
  }

  /** Resolves when the schedule is no longer followed. */
  get ended(): Promise<void> {
    return this.#ended
  }

  async halt(): Promise<void> {
    this.#stop?.abort()
    await this.#ended
  }

  /** Interrupts the current run and makes none for a user's check, until the returned function is called. */
  pause(): () => void {
    const resume = this.#userChecks.add()
    this.#interrupt?.abort()
    return resume
  }

  /** Rereads the file whenever a run could be due: another host may have run, changed or ended the schedule. */
  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.#setSaved(await this.#read())
        if (this.#saved === undefined) return
        await this.#step(this.#saved, signal)
      } catch (error) {
        // After a failure such as a full disk or a stuck lock, the schedule is tried again.
        const { file, verified = false } = this.#saved ?? {}
        if (file !== undefined) this.#setSaved({ file: { ...file, problem: reportProblem(error).message }, verified })
        await this.#parts.clock.wait(rereadEveryMs, signal)
      }
    }
  }

  async #step({ file, verified }: SavedWatch, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts
    if (!verified) return await clock.wait(rereadEveryMs, signal)
    const step = nextStep(file, this.#userChecks.running, clock.nowMs())
    if (step.kind === 'wait') await clock.wait(step.ms, signal)
    else if (step.kind === 'wait-for-user-checks') await this.#userChecks.allEnded(signal)
    else if (await this.#claim()) await this.#run(file.watch, signal)
  }

  /** Resolves with whether this host makes the run that is due: of several hosts, one does. */
  #claim(): Promise<boolean> {
    return this.#update((file) => claimed(file, this.#parts.clock.nowMs(), this.#parts.random()))
  }

  async #run(watch: Watch, signal: AbortSignal): Promise<void> {
    const startedMs = this.#parts.clock.nowMs()
    const interrupt = new AbortController()
    this.#interrupt = interrupt
    if (this.#userChecks.running) interrupt.abort()
    this.#running = true
    this.#parts.onChange()
    try {
      const run = await this.#check(watch, AbortSignal.any([signal, interrupt.signal]))
      await this.#saveRun(watch, startedMs, run)
    } catch (error) {
      if (signal.aborted) return
      if (interrupt.signal.aborted) await this.#update((file) => postponed(file, startedMs))
      else await this.#saveFailure(startedMs, error)
    } finally {
      this.#running = false
      this.#interrupt = undefined
      this.#saved = await this.#read()
      this.#parts.onChange()
    }
  }

  #check({ from, holdSeconds }: Watch, signal: AbortSignal): Promise<ScheduledRun> {
    const { check, history } = this.#parts
    return runScheduledCheck(
      (request, abort) => check(this.#planeId, request, abort),
      { from, holdSeconds },
      async (first) =>
        findBaseline(first, await history.runs(this.#planeId), (runId) => history.verifiedRun(this.#planeId, runId)),
      signal,
    )
  }

  async #saveRun(watch: Watch, startedMs: number, { report, comparison }: ScheduledRun): Promise<void> {
    // The plane or its schedule may have been removed during the run.
    if ((await this.#read()) === undefined) return
    await this.#parts.history.save(this.#planeId, report, 'watch')
    const changes = comparison?.changes ?? []
    const problem = vantageProblems(report)
    await this.#update((file) => completed(file, watch, this.#timesSince(startedMs), { changes, problem }))
    const news = changes.filter(isNews)
    if (news.length > 0) this.#parts.notify(this.#planeId, news)
  }

  async #saveFailure(startedMs: number, error: unknown): Promise<void> {
    const { message, hint } = reportProblem(error)
    await this.#update((file) => failed(file, this.#timesSince(startedMs), `${message} ${hint}`.trim()))
  }

  #timesSince(startedMs: number): RunTimes {
    return { startedMs, endedMs: this.#parts.clock.nowMs(), random: this.#parts.random() }
  }

  #setSaved(saved: SavedWatch | undefined): void {
    if (JSON.stringify(this.#saved) === JSON.stringify(saved)) return
    this.#saved = saved
    this.#parts.onChange()
  }

  #read(): Promise<SavedWatch | undefined> {
    return readWatch(this.#parts.home, this.#planeId)
  }

  #update(next: (file: WatchFile) => WatchFile | undefined): Promise<boolean> {
    return updateWatch(this.#parts.home, this.#planeId, next)
  }
}

/** The vantages that could not be used, and why. */
function vantageProblems({ vantages }: ScheduledRun['report']): string {
  return vantages
    .filter(({ state }) => state === 'failed')
    .map(({ vantage, message }) => `From ${vantageInSentence(vantage)} nothing could be checked: ${message}`)
    .join(' ')
    .slice(0, problemLimit)
}
