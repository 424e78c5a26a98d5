import { createStore, type StoreApi } from 'zustand/vanilla'
import type {
  CheckGuide,
  Plan,
  PreflightCheck,
  PreflightEvent,
  PreflightReport,
  PreflightResult,
  ReleaseValues,
} from '../../preload/contract/install.ts'
import type { Operation } from '../../preload/contract/operations.ts'
import type { CertificateFacts, ImportedValues } from '../../preload/contract/planes.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { SettingsFault } from '../../preload/contract/profiles.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { createBatch } from '../lib/batch.ts'
import type { Client } from '../lib/client.ts'
import { keep, recall } from '../lib/keep.ts'
import { asksToLeave } from '../lib/leaving.ts'
import { attempt, type Outcome } from '../lib/outcome.ts'
import { isAbort, toReport } from '../lib/problem.ts'
import { isWizardStep, type WizardStep } from './steps.ts'

/** The user's input before the plane exists. Contains no secrets. */
export interface Draft {
  readonly contextId?: string
  readonly profile?: string
  readonly managementModel?: string
  readonly name?: string
  /** As edited; undefined: the plane's settings or the profile's defaults apply. */
  readonly settings?: JsonObject
  /** Does it have settings that the user changed and has not saved? Defaults that the form adds are no change. */
  readonly edited?: boolean
}

export interface Preflight {
  readonly state: 'never' | 'running' | 'done'
  readonly checks: readonly PreflightCheck[]
  readonly results: Readonly<Record<string, PreflightResult>>
  readonly startedAt: string | undefined
  readonly context: string
  readonly problem: ProblemReport | undefined
}

interface PlanState {
  readonly action: Plan['action']
  readonly loading: boolean
  readonly plan: Plan | undefined
  readonly problem: ProblemReport | undefined
}

export interface InstallState {
  /** undefined: the plane does not exist yet. */
  readonly planeId: string | undefined
  readonly step: WizardStep
  readonly draft: Draft
  readonly preflight: Preflight
  /** What the guide says about each check, by its id; empty until it is loaded. */
  readonly guide: Readonly<Record<string, CheckGuide>>
  readonly plan: PlanState
  /** Is the uninstall plan shown instead of the wizard? */
  readonly uninstalling: boolean
  enter(planeId: string | undefined, opening: WizardStep): void
  go(step: WizardStep): void
  updateDraft(part: Draft): void
  /** Discards the draft after the plane was created. */
  finishDraft(planeId: string): void
  /** `only`: these checks again, beside the results of the others. `deep`: also those that create objects. */
  runPreflight(request?: { readonly only?: readonly string[]; readonly deep?: boolean }): Promise<void>
  loadGuide(): Promise<void>
  loadPlan(action: Plan['action']): Promise<void>
  /** `acceptedLosses`: ids of losses of the plan. */
  start(acceptedLosses: readonly string[]): Promise<Outcome<Operation>>
  setUninstalling(on: 'yes' | 'no'): void
  /** Takes the settings of a file into the draft, over those that are there. */
  importValues(file: {
    readonly profile: string
    readonly name: string
    readonly text: string
    readonly over: JsonObject
  }): Promise<Outcome<ImportedValues>>
  /** The settings in a YAML text, with its faults. */
  readSettings(profile: string, text: string): Promise<Outcome<ReadSettings>>
  /** The YAML text with other settings; its comments stay. */
  writeSettings(text: string, settings: JsonObject): Promise<Outcome<string>>
  /** The values of each release with their origin, for settings that may not be saved yet. */
  loadValues(
    subject: { readonly planeId: string } | { readonly profile: string },
    settings: JsonObject,
    signal: AbortSignal,
  ): Promise<Outcome<readonly ReleaseValues[]>>
  readCertificates(pem: string, signal: AbortSignal): Promise<readonly CertificateFacts[]>
}

/** `settings` is null where the text cannot be taken. */
interface ReadSettings {
  readonly settings: JsonObject | null
  readonly faults: readonly SettingsFault[]
}

export type InstallStore = StoreApi<InstallState>

const noPreflight: Preflight = {
  state: 'never',
  checks: [],
  results: {},
  startedAt: undefined,
  context: '',
  problem: undefined,
}
const noPlan: PlanState = { action: 'install', loading: false, plan: undefined, problem: undefined }

const isDraft = (value: unknown): value is Draft => typeof value === 'object' && value !== null
const stepName = (planeId: string | undefined) => `hangar.step.${planeId ?? 'new'}`
const draftName = (planeId: string | undefined) => `hangar.draft.${planeId ?? 'new'}`

/** The known checks with those that run now, in the order in which they were first named. */
function withChecks(known: readonly PreflightCheck[], running: readonly PreflightCheck[]): readonly PreflightCheck[] {
  const ids = new Set(known.map(({ id }) => id))
  return [...known, ...running.filter(({ id }) => !ids.has(id))]
}

const resultsOf = (results: readonly PreflightResult[]): Record<string, PreflightResult> =>
  Object.fromEntries(results.map((result) => [result.id, result]))

/** Checks that did not run again keep their results. */
export function withPreflight(preflight: Preflight, event: PreflightEvent): Preflight {
  switch (event.kind) {
    case 'started': {
      const running = new Set(event.checks.map(({ id }) => id))
      const kept = Object.values(preflight.results).filter(({ id }) => !running.has(id))
      return { ...preflight, checks: withChecks(preflight.checks, event.checks), results: resultsOf(kept) }
    }
    case 'result':
      return { ...preflight, results: { ...preflight.results, [event.result.id]: event.result } }
    case 'finished': {
      const { results, startedAt, context } = event.report
      return {
        state: 'done',
        checks: withChecks(preflight.checks, results),
        results: { ...preflight.results, ...resultsOf(results) },
        startedAt,
        context,
        problem: undefined,
      }
    }
  }
}

/** What is shown, as a report. */
export const reportOf = ({ checks, results, startedAt = '', context }: Preflight): PreflightReport => ({
  schemaVersion: 1,
  startedAt,
  context,
  results: checks.flatMap(({ id }) => results[id] ?? []),
})

export type PreflightOutcome = 'never' | 'running' | 'blocked' | 'warned' | 'clear'

/** Whether the wizard can continue after the preflight. Only a strict failure blocks it. */
export function preflightOutcome({ state, results, problem }: Preflight): PreflightOutcome {
  if (state === 'running') return 'running'
  if (state === 'never' || problem !== undefined) return 'never'
  const all = Object.values(results)
  if (all.some(({ verdict, strict }) => verdict === 'fail' && strict)) return 'blocked'
  return all.some(({ verdict }) => verdict === 'fail' || verdict === 'warn') ? 'warned' : 'clear'
}

const isGroup = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Groups are merged; a list replaces a list. */
export const merged = (base: JsonObject, over: JsonObject): JsonObject => ({
  ...base,
  ...Object.fromEntries(
    Object.entries(over).map(([key, value]) => {
      const before = base[key]
      return [key, isGroup(before) && isGroup(value) ? merged(before, value) : value]
    }),
  ),
})

/** `onStarted` gets a started operation before the stream of operations does, so that no older one is shown instead. */
export const createInstallStore = (
  client: Pick<Client, 'install' | 'planes' | 'profiles'>,
  onStarted: (operation: Operation) => void,
): InstallStore =>
  createStore<InstallState>()((set, get) => {
    let running = new AbortController()
    return {
      planeId: undefined,
      step: 'cluster',
      draft: {},
      preflight: noPreflight,
      guide: {},
      plan: noPlan,
      uninstalling: false,
      enter(planeId, opening) {
        running.abort()
        const stored = recall(stepName(planeId), isWizardStep)
        // An unfinished operation takes precedence over the step where the user left the wizard.
        const step = opening === 'install' || stored === undefined ? opening : stored
        const draft = recall(draftName(planeId), isDraft) ?? {}
        set({ planeId, step, draft, preflight: noPreflight, plan: noPlan, uninstalling: false })
      },
      go(step) {
        if (asksToLeave(() => get().go(step))) return
        keep(stepName(get().planeId), step)
        set({ step })
      },
      updateDraft(part) {
        const draft = { ...get().draft, ...part }
        keep(draftName(get().planeId), draft)
        set({ draft })
      },
      finishDraft(planeId) {
        keep(draftName(undefined), undefined)
        keep(stepName(undefined), undefined)
        keep(stepName(planeId), 'preflight')
      },
      async runPreflight({ only, deep } = {}) {
        const { planeId } = get()
        if (planeId === undefined) return
        running.abort()
        running = new AbortController()
        const { signal } = running
        const before = only === undefined ? noPreflight : get().preflight
        set({ preflight: { ...before, state: 'running', problem: undefined } })
        const batch = createBatch<PreflightEvent>((events) => {
          if (!signal.aborted) set(({ preflight }) => ({ preflight: events.reduce(withPreflight, preflight) }))
        })
        try {
          for await (const event of await client.install.preflight(
            { planeId, deep, only: only && [...only] },
            { signal },
          ))
            batch.add(event)
          batch.flush()
        } catch (error) {
          batch.flush()
          if (isAbort(error, signal)) return
          set(({ preflight }) => ({ preflight: { ...preflight, state: 'done', problem: toReport(error) } }))
        }
      },
      async loadGuide() {
        const guide = await attempt(() => client.install.checks())
        if (guide.ok) set({ guide: Object.fromEntries(guide.value.map((check) => [check.id, check])) })
      },
      async loadPlan(action) {
        const { planeId } = get()
        if (planeId === undefined) return
        set({ plan: { action, loading: true, plan: undefined, problem: undefined } })
        const plan = await attempt(() => client.install.plan({ planeId, action }))
        if (get().planeId !== planeId || get().plan.action !== action) return
        set({
          plan: plan.ok
            ? { action, loading: false, plan: plan.value, problem: undefined }
            : { action, loading: false, plan: undefined, problem: plan.problem },
        })
      },
      async start(acceptedLosses) {
        const { planeId, plan } = get()
        const started = await attempt(async () => {
          if (planeId === undefined || plan.plan === undefined) throw new Error('There is no plan to start.')
          const { action } = plan
          const { digest } = plan.plan
          return client.install.start({ planeId, action, digest, acceptedLosses: [...acceptedLosses] })
        })
        set(
          started.ok
            ? { plan: noPlan, uninstalling: false }
            : { plan: { ...plan, loading: false, problem: started.problem } },
        )
        if (started.ok) {
          onStarted(started.value)
          get().go('install')
        }
        return started
      },
      async importValues({ profile, name, text, over }) {
        const imported = await attempt(() => client.planes.importValues({ profile, name, text }))
        if (imported.ok && imported.value.taken.length > 0)
          get().updateDraft({ settings: merged(over, imported.value.settings), edited: true })
        return imported
      },
      readSettings: (profile, text) => attempt(() => client.profiles.readSettings({ name: profile, text })),
      writeSettings: (text, settings) =>
        attempt(async () => (await client.profiles.writeSettings({ text, settings })).text),
      loadValues: (subject, settings, signal) =>
        attempt(() => client.install.values({ ...subject, settings }, { signal })),
      readCertificates: (pem, signal) => client.planes.certificates({ pem }, { signal }),
      setUninstalling(on) {
        set({ uninstalling: on === 'yes', plan: noPlan })
        if (on === 'yes') void get().loadPlan('uninstall')
      },
    }
  })
