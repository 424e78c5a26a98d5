import { randomUUID } from 'node:crypto'
import { implement, ORPCError, type RouterClient } from '@orpc/server'
import { contract } from '../preload/contract/index.ts'
import type { PlaneDiscovery } from '../preload/contract/install.ts'
import { cancelled, hints, problemOf } from '../preload/contract/problem.ts'
import type { ProfileChange } from '../preload/contract/profile-change.ts'
import type { About } from '../preload/contract/settings.ts'
import type { ProgramConsent } from '../preload/contract/trust.ts'
import type { Activity } from './activity/activity.ts'
import type { AddedFiles } from './clusters/added-files.ts'
import type { Clusters } from './clusters/clusters.ts'
import type { Connectivity } from './connectivity/connectivity.ts'
import { faultMessage, systemHint } from './fault.ts'
import type { Fleet } from './fleet/fleet.ts'
import type { Install } from './install/install.ts'
import type { Kits } from './install/kit/kits.ts'
import type { Logs } from './logs/logs.ts'
import type { Operations } from './operations/operations.ts'
import { certificateFacts } from './planes/certificates.ts'
import type { Planes } from './planes/planes.ts'
import type { ProfileDrafts } from './profiles/draft/profile-drafts.ts'
import type { Profiles } from './profiles/profiles.ts'
import type { SettingsStore } from './settings/settings.ts'
import type { Trust } from './trust/trust.ts'
import type { Vault } from './vault/vault.ts'
import type { Workloads } from './workloads/workloads.ts'

/** The features behind the contract. They do not know the caller. */
export interface Services {
  readonly profiles: Profiles
  readonly profileDrafts: ProfileDrafts
  readonly planes: Planes & {
    profileChange(input: { readonly planeId: string }): Promise<ProfileChange | null>
    approveProfile(input: { readonly planeId: string; readonly digest: string }): Promise<void>
  }
  readonly fleet: Fleet
  readonly activity: Pick<Activity, 'list' | 'watch'>
  readonly clusters: Clusters
  readonly addedFiles: AddedFiles
  readonly connectivity: Connectivity
  readonly install: Omit<Install, 'discover' | 'installed' | 'render'> & {
    discover(
      input: { readonly contextId: string; readonly profile: string },
      signal: AbortSignal,
    ): Promise<PlaneDiscovery>
  }
  readonly kits: Kits
  readonly operations: Operations
  readonly workloads: Workloads
  readonly logs: Logs
  readonly vault: Pick<Vault, 'status' | 'watch' | 'unlock' | 'lock' | 'rekey' | 'put' | 'list' | 'remove'> & {
    active(): Promise<void>
  }
  readonly trust: Pick<Trust, 'list' | 'revoke'> & {
    helm(): Promise<ProgramConsent>
    allowHelm(input: { readonly consentId: string }): Promise<void>
  }
  readonly settings: SettingsStore
}

/** Receives an unexpected error with the reference that the user sees. */
export type ReportFault = (reference: string, error: unknown) => void

/** Implements the contract with the services. Arguments are never logged; of an unexpected error the caller gets only a reference. */
export function createRouter(services: Services, about: About, reportFault: ReportFault) {
  const { addedFiles, profiles, planes, clusters, connectivity, install, kits, operations, workloads, logs } = services
  const { profileDrafts, fleet, activity, vault, trust, settings } = services

  const toError = (error: unknown): unknown => {
    if (error instanceof ORPCError) return error
    const problem = problemOf(error)
    if (problem !== undefined) {
      const data = { hint: problem.hint, evidence: problem.evidence }
      return new ORPCError(problem.code, { message: problem.message, data, cause: problem })
    }
    const reference = randomUUID()
    reportFault(reference, error)
    // An error of the system, such as a full disk, is not a bug in Hangar. Its message contains at most a path.
    const system = systemHint(error)
    const data = { hint: system ?? hints.INTERNAL, evidence: `Reference ${reference}` }
    const message = system === undefined ? 'Something unexpected went wrong.' : faultMessage(error)
    return new ORPCError('INTERNAL', { message, data })
  }

  const os = implement(contract).use(async ({ next, signal }) => {
    try {
      return await next()
    } catch (error) {
      throw toError(signal?.aborted && error === signal.reason ? cancelled(error) : error)
    }
  })

  /** A stream's errors come after the middleware has returned. An aborted stream just ends. */
  async function* stream<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void> {
    try {
      yield* source
    } catch (error) {
      if (!signal.aborted) throw toError(error)
    }
  }

  const never = new AbortController().signal
  const done = async (work: Promise<unknown>): Promise<Record<string, never>> => {
    await work
    return {}
  }

  return os.router({
    profiles: {
      list: os.profiles.list.handler(() => profiles.list()),
      get: os.profiles.get.handler(({ input }) => profiles.get(input)),
      readSettings: os.profiles.readSettings.handler(({ input }) => profiles.readSettings(input)),
      writeSettings: os.profiles.writeSettings.handler(({ input }) => profiles.writeSettings(input)),
      read: os.profiles.read.handler(({ input }) => profiles.read(input)),
      check: os.profiles.check.handler(({ input }) => profiles.check(input)),
      readEndpoints: os.profiles.readEndpoints.handler(({ input }) => profiles.readEndpoints(input)),
      copy: os.profiles.copy.handler(({ input }) => profiles.copy(input)),
      save: os.profiles.save.handler(({ input }) => profiles.save(input)),
      remove: os.profiles.remove.handler(({ input }) => done(profiles.remove(input))),
    },
    profileDrafts: {
      create: os.profileDrafts.create.handler(({ input, signal = never }) => profileDrafts.create(input, signal)),
      save: os.profileDrafts.save.handler(({ input }) => profileDrafts.save(input)),
      compare: os.profileDrafts.compare.handler(({ input }) => profileDrafts.compare(input)),
      update: os.profileDrafts.update.handler(({ input }) => profileDrafts.update(input)),
    },
    planes: {
      list: os.planes.list.handler(() => planes.list()),
      get: os.planes.get.handler(({ input }) => planes.get(input.planeId)),
      create: os.planes.create.handler(({ input }) => planes.create(input)),
      connect: os.planes.connect.handler(({ input }) => planes.reconnect(input)),
      update: os.planes.update.handler(({ input }) => planes.update(input)),
      setContext: os.planes.setContext.handler(({ input }) => planes.setContext(input)),
      describe: os.planes.describe.handler(({ input }) => planes.describe(input)),
      importValues: os.planes.importValues.handler(({ input }) => planes.importValues(input)),
      certificates: os.planes.certificates.handler(({ input }) => certificateFacts(input.pem)),
      remove: os.planes.remove.handler(({ input }) => done(planes.remove(input.planeId))),
      profileChange: os.planes.profileChange.handler(({ input }) => planes.profileChange(input)),
      approveProfile: os.planes.approveProfile.handler(({ input }) => done(planes.approveProfile(input))),
    },
    fleet: {
      watch: os.fleet.watch.handler(({ signal = never }) => stream(fleet.watch(signal), signal)),
      check: os.fleet.check.handler(({ input, signal = never }) => done(fleet.check(input, signal))),
    },
    activity: {
      list: os.activity.list.handler(({ input }) => activity.list(input)),
      watch: os.activity.watch.handler(({ input, signal = never }) => stream(activity.watch(input, signal), signal)),
    },
    clusters: {
      files: os.clusters.files.handler(() => addedFiles.list()),
      chooseFile: os.clusters.chooseFile.handler(() => addedFiles.choose()),
      uploadFile: os.clusters.uploadFile.handler(({ input }) => addedFiles.upload(input)),
      removeFile: os.clusters.removeFile.handler(({ input }) => addedFiles.remove(input.id)),
      contexts: os.clusters.contexts.handler(() => clusters.contexts()),
      watchContexts: os.clusters.watchContexts.handler(({ signal = never }) =>
        stream(clusters.watchContexts(signal), signal),
      ),
      allow: os.clusters.allow.handler(({ input }) => done(clusters.allow(input))),
      probe: os.clusters.probe.handler(({ input, signal = never }) => clusters.probe(input, signal)),
    },
    connectivity: {
      rows: os.connectivity.rows.handler(({ input }) => connectivity.rows(input)),
      check: os.connectivity.check.handler(({ input, signal = never }) =>
        stream(connectivity.check(input, signal), signal),
      ),
      checkRepeatedly: os.connectivity.checkRepeatedly.handler(({ input, signal = never }) =>
        stream(connectivity.checkRepeatedly(input, signal), signal),
      ),
      vantages: os.connectivity.vantages.handler(({ input }) => connectivity.vantages(input.planeId)),
      proxy: os.connectivity.proxy.handler(({ input }) => connectivity.proxy(input)),
      last: os.connectivity.last.handler(({ input }) => connectivity.last(input.planeId)),
      runs: os.connectivity.runs.handler(({ input }) => connectivity.runs(input.planeId)),
      verdictHistory: os.connectivity.verdictHistory.handler(({ input }) => connectivity.verdictHistory(input.planeId)),
      run: os.connectivity.run.handler(({ input }) => connectivity.run(input)),
      compare: os.connectivity.compare.handler(({ input }) => connectivity.compare(input)),
      export: os.connectivity.export.handler(({ input }) => connectivity.export(input)),
      allowList: os.connectivity.allowList.handler(({ input }) => connectivity.allowList(input)),
      watch: os.connectivity.watch.handler(({ input }) => connectivity.watch(input.planeId)),
      setWatch: os.connectivity.setWatch.handler(({ input }) => done(connectivity.setWatch(input))),
      watches: os.connectivity.watches.handler(({ signal = never }) => stream(connectivity.watches(signal), signal)),
      openRequests: os.connectivity.openRequests.handler(({ signal = never }) =>
        stream(connectivity.openRequests(signal), signal),
      ),
    },
    install: {
      preflight: os.install.preflight.handler(({ input, signal = never }) =>
        stream(install.preflight(input, signal), signal),
      ),
      values: os.install.values.handler(({ input, signal = never }) => install.values(input, signal)),
      checks: os.install.checks.handler(() => [...install.checks()]),
      discover: os.install.discover.handler(({ input, signal = never }) => install.discover(input, signal)),
      plan: os.install.plan.handler(({ input, signal = never }) => install.plan(input.planeId, input.action, signal)),
      watchHolder: os.install.watchHolder.handler(({ input, signal = never }) =>
        stream(install.watchHolder(input.planeId, signal), signal),
      ),
      savePlan: os.install.savePlan.handler(({ input, signal = never }) =>
        install.savePlan(input.planeId, input.action, signal),
      ),
      openPlan: os.install.openPlan.handler(({ input, signal = never }) => install.openPlan(input, signal)),
      start: os.install.start.handler(({ input, signal = never }) => install.start(input, signal)),
    },
    kits: {
      list: os.kits.list.handler(() => kits.list()),
      begin: os.kits.begin.handler(({ input }) => kits.begin(input)),
      append: os.kits.append.handler(({ input }) => kits.append(input)),
      remove: os.kits.remove.handler(({ input }) => done(kits.remove(input))),
      verify: os.kits.verify.handler(({ input, signal = never }) => stream(kits.verify(input, signal), signal)),
      push: os.kits.push.handler(({ input, signal = never }) => stream(kits.push(input, signal), signal)),
      import: os.kits.import.handler(({ input, signal = never }) => stream(kits.import(input, signal), signal)),
    },
    operations: {
      list: os.operations.list.handler(() => operations.list()),
      watch: os.operations.watch.handler(({ signal = never }) => stream(operations.watch(signal), signal)),
      cancel: os.operations.cancel.handler(({ input }) => done(operations.cancel(input.operationId))),
      resume: os.operations.resume.handler(({ input }) => operations.resume(input.operationId)),
      forget: os.operations.forget.handler(({ input }) => done(operations.forget(input.operationId))),
    },
    workloads: {
      watch: os.workloads.watch.handler(({ input, signal = never }) => stream(workloads.watch(input, signal), signal)),
      events: os.workloads.events.handler(({ input, signal = never }) => workloads.events(input, signal)),
      object: os.workloads.object.handler(({ input, signal = never }) => workloads.object(input, signal)),
    },
    logs: {
      status: os.logs.status.handler(({ input }) => logs.status(input)),
      collect: os.logs.collect.handler(({ input }) => logs.collect(input)),
      search: os.logs.search.handler(({ input, signal = never }) => stream(logs.search(input, signal), signal)),
      count: os.logs.count.handler(({ input, signal = never }) => stream(logs.count(input, signal), signal)),
      place: os.logs.place.handler(({ input, signal = never }) => logs.place(input, signal)),
      searchEngine: os.logs.searchEngine.handler(({ input, signal = never }) =>
        stream(logs.searchEngine(input, signal), signal),
      ),
      engines: os.logs.engines.handler(({ input, signal = never }) => logs.engines(input, signal)),
      fetch: os.logs.fetch.handler(({ input, signal = never }) => stream(logs.fetch(input, signal), signal)),
      unfinishedFetch: os.logs.unfinishedFetch.handler(async ({ input }) => ({
        fetch: await logs.unfinishedFetch(input),
      })),
      forgetFetch: os.logs.forgetFetch.handler(({ input }) => done(logs.forgetFetch(input))),
      follow: os.logs.follow.handler(({ input, signal = never }) => stream(logs.follow(input, signal), signal)),
      export: os.logs.export.handler(({ input, signal = never }) => stream(logs.export(input, signal), signal)),
      patterns: os.logs.patterns.handler(({ input, signal = never }) => stream(logs.patterns(input, signal), signal)),
      around: os.logs.around.handler(({ input, signal = never }) => logs.around(input, signal)),
      histogram: os.logs.histogram.handler(({ input, signal = never }) => logs.histogram(input, signal)),
      accesses: os.logs.accesses.handler(({ input }) => logs.accesses(input)),
      retention: os.logs.retention.handler(({ input }) => logs.retention(input)),
      expired: os.logs.expired.handler(({ input, signal = never }) => logs.expired(input, signal)),
      setRetention: os.logs.setRetention.handler(({ input }) => logs.setRetention(input)),
      searches: os.logs.searches.handler(({ input }) => logs.searches(input)),
      saveSearch: os.logs.saveSearch.handler(({ input }) => logs.saveSearch(input)),
      removeSearch: os.logs.removeSearch.handler(({ input }) => done(logs.removeSearch(input))),
      purge: os.logs.purge.handler(({ input }) => done(logs.purge(input))),
    },
    vault: {
      status: os.vault.status.handler(() => vault.status()),
      watch: os.vault.watch.handler(({ signal = never }) => stream(vault.watch(signal), signal)),
      unlock: os.vault.unlock.handler(({ input }) => vault.unlock(input)),
      lock: os.vault.lock.handler(() => vault.lock()),
      active: os.vault.active.handler(() => done(vault.active())),
      rekey: os.vault.rekey.handler(() => vault.rekey()),
      put: os.vault.put.handler(({ input }) => vault.put(input)),
      list: os.vault.list.handler(({ input }) => vault.list(input)),
      remove: os.vault.remove.handler(({ input }) => done(vault.remove(input))),
    },
    trust: {
      list: os.trust.list.handler(() => trust.list()),
      revoke: os.trust.revoke.handler(({ input }) => done(trust.revoke(input.id))),
      helm: os.trust.helm.handler(() => trust.helm()),
      allowHelm: os.trust.allowHelm.handler(({ input }) => done(trust.allowHelm(input))),
    },
    settings: {
      get: os.settings.get.handler(() => settings.get()),
      set: os.settings.set.handler(({ input }) => settings.set(input)),
      about: os.settings.about.handler(() => about),
    },
  })
}

export type Router = ReturnType<typeof createRouter>
/** The same procedures, called directly: what the terminal host uses. */
export type Client = RouterClient<Router>
