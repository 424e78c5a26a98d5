import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRouterClient } from '@orpc/server'
import type { Change } from '../preload/contract/connectivity.ts'
import { Problem } from '../preload/contract/problem.ts'
import type { About } from '../preload/contract/settings.ts'
import { visibleText } from '../preload/visible-text.ts'
import { type Activity, createActivity } from './activity/activity.ts'
import { createDayFiles } from './activity/day-files.ts'
import type { ConsentOptions } from './clusters/consents.ts'
import { type Confirm, confirmedDecisions } from './composition/confirmed-decisions.ts'
import { connectivityPorts } from './composition/connectivity-ports.ts'
import { type Core, createCore } from './composition/core.ts'
import { installPorts } from './composition/install-ports.ts'
import { kitPorts } from './composition/kit-ports.ts'
import { recordedEdits } from './composition/recorded-edits.ts'
import { logAccessSecret, logFetchSecret, logKeySecret, logSearchesSecret } from './composition/secret-names.ts'
import { type Connectivity, createConnectivity } from './connectivity/connectivity.ts'
import { type ChangeNotification, notificationOf } from './connectivity/watch/notification.ts'
import { faultMessage, writeFault } from './fault.ts'
import { endpointFaults } from './fleet/endpoint-faults.ts'
import { createFleet } from './fleet/fleet.ts'
import { createFleetRecords } from './fleet/record.ts'
import { version } from './home.ts'
import { createInstall, type Install } from './install/install.ts'
import { createKit, type Kit } from './install/kit/kit.ts'
import { createKits } from './install/kit/kits.ts'
import { createReceivedKits } from './install/kit/received-kits.ts'
import { makePrivateFolder, sweepDrafts, sweepTemporary } from './lib/files.ts'
import { recordKey } from './lib/signed-lines.ts'
import { createLogs, type Logs } from './logs/logs.ts'
import type { Operations } from './operations/operations.ts'
import type { Planes } from './planes/planes.ts'
import { createProfileDrafts } from './profiles/draft/profile-drafts.ts'
import { readRecording } from './recorded/recording.ts'
import { withRecording } from './recorded/with-recording.ts'
import { type Client, createRouter, type ReportFault, type Router, type Services } from './router.ts'
import type { ProgramConsentOptions } from './trust/program-consents.ts'
import { AutoLock } from './vault/auto-lock.ts'
import type { Vault } from './vault/vault.ts'
import { createWorkloads, type Workloads } from './workloads/workloads.ts'

export interface AppOptions {
  /** The state folder. */
  readonly home: string
  readonly host: About['host']
  /** Does not read or write `home`, so that a bare list can be checked without a state folder. */
  readonly stateless?: boolean
  /** Replaces KUBECONFIG and ~/.kube/config. */
  readonly kubeconfig?: string
  /** Kubeconfig files whose demands, and programs that, need no consent in this process (`--trust-exec`), absolute. */
  readonly trustedFiles?: readonly string[]
  /** Asks the user in a terminal for a consent that a context needs; absent: the call fails with CONSENT_NEEDED. */
  readonly askConsent?: ConsentOptions['ask']
  /** Asks the user in a terminal whether Hangar may run a helm of the PATH; absent: the call fails with HELM_CONSENT_NEEDED. */
  readonly askProgram?: ProgramConsentOptions['ask']
  /** The system's proxy for a URL, such as `PROXY host:port; DIRECT`; absent: this host cannot query it. */
  readonly resolveProxy?: (url: string) => Promise<string>
  /** Lets the user choose a kubeconfig in a dialog of the system; undefined if cancelled. Absent: this host has none. */
  readonly chooseKubeconfig?: () => Promise<string | undefined>
  /** Asks the user outside of the window before it allows or approves something; absent: this host cannot. */
  readonly confirm?: Confirm
  /** Shows a notification; called only if the user has enabled notifications. */
  readonly notify?: (notification: AppNotification) => void
}

/** Changes that a scheduled check found, as text. */
export interface AppNotification extends ChangeNotification {
  /** Shows the changes in the window, once it is open. */
  readonly open: () => void
}

/** The app as a host uses it. All but the router and the client is for the terminal host. */
export interface App {
  readonly router: Router
  readonly client: Client
  readonly logs: Logs
  readonly operations: Operations
  readonly planes: Pick<Planes, 'reach' | 'reconnect'>
  readonly install: Pick<Install, 'find'>
  readonly kit: Kit
  /** The system is about to suspend, or its screen was locked: locks the vault if the user wants it. */
  suspended(): Promise<void>
  /** Interrupts running operations, ends the threads and closes the connections. */
  close(): Promise<void>
}

/** Built-in profiles and charts: beside the sources or the bundle, outside the archive so that helm can read them. */
const assetsFolder = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../assets/' : '../../assets/', import.meta.url),
).replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked')

/** The composition root: passes to each feature what it needs of the others, since features do not import each other. */
export async function createApp(options: AppOptions): Promise<App> {
  const { home, host, kubeconfig, trustedFiles, askConsent, resolveProxy, stateless = false } = options
  if (!stateless) await prepareHome(home)
  // Only the terminal is the user's own program that calls procedures directly.
  const trustsCaller = host === 'terminal'
  const core = createCore({
    home,
    assetsFolder,
    kubeconfig,
    trustsCaller,
    chooseKubeconfig: options.chooseKubeconfig,
    acceptsUploads: host === 'browser',
    trustFile: stateless ? undefined : join(home, 'trust.json'),
    trustedFiles,
    askConsent,
    askProgram: options.askProgram,
    forgetPlane: async (planeId) => {
      await logs.forget({ planeId })
      await Promise.all([workloads.forget(planeId), connectivity.forget(planeId)])
      await Promise.all([fleet.forget(planeId), activity.forget(planeId)])
    },
    // A thread keeps the credentials of an open connection.
    connectionsChanged: () => void Promise.all([workloads.recheckConnections(), logs.recheckConnections()]),
  })
  const { plane, connection, clusters, operations } = core
  if (!stateless) await core.approvals.pinExisting(() => core.planes.list())
  const workloads = createWorkloads({
    plane,
    profile: async (of) => (await core.approved(of)).profile,
    connection,
    observed: (planeId, event) => fleet.observed(planeId, event),
    home,
  })
  const decisions = confirmedDecisions(core, options.confirm)
  const connectivity = createConnectivity({
    ...connectivityPorts(core),
    trustsCaller,
    confirmTable: decisions.checkTable,
    ...(resolveProxy === undefined ? {} : { resolveProxy }),
    // A plane that was removed, or unreadable settings, must not stop the schedule.
    notify: (planeId, changes) => void notify(core, connectivity, options, planeId, changes).catch(() => undefined),
  })
  const activity = createActivity({
    records: createDayFiles(join(home, 'activity'), recordKey(home)),
    planes: () => core.planes.list(),
    runs: (planeId) => connectivity.runs(planeId),
    operations: () => operations.list(),
  })
  const fleet = createFleet(fleetPorts(core, workloads, connectivity, activity))
  const install = createInstall(installPorts(core))
  const kit = createKit(kitPorts(core))
  const logs = createLogs(logsPorts(core, host))
  const { profiles, planes, vault, settings } = core
  const ended = new AbortController()
  void followLocks(vault, logs, ended.signal)
  await core.trust.watch(ended.signal)
  const autoLock = new AutoLock({
    settings: () => settings.get(),
    status: () => vault.status(),
    busy: async () => (await operations.list()).some(({ kind, state }) => kind !== 'collect' && state === 'running'),
    lock: () => vault.lockHere(),
  })
  const edits = recordedEdits(core, activity, decisions.approveProfile)
  const services = withRecording(
    {
      profiles: edits.profiles,
      profileDrafts: createProfileDrafts({
        add: (profile) => profiles.add(profile),
        check: (text) => profiles.check({ text }),
        read: async (name) => (await profiles.read({ name })).text,
        replace: (profile) => profiles.replace(profile),
        chartFiles: (name, path) => profiles.chartFiles(name, path),
        installed: (cluster, signal) => install.installed(cluster, signal),
        render: (chart, signal) => install.render(chart, signal),
      }),
      planes: {
        ...planesService(core),
        approveProfile: edits.approveProfile,
        setContext: decisions.setContext,
      },
      fleet,
      activity,
      clusters: { ...clusters, allow: decisions.allow },
      addedFiles: core.addedFiles,
      connectivity: {
        ...connectivity,
        async *check(input, signal) {
          yield* connectivity.check(input, signal)
          fleet.runSaved('planeId' in input ? input.planeId : undefined)
          activity.runSaved()
        },
      },
      install: {
        ...install,
        discover: async ({ contextId, profile: name }, signal) => {
          const { profile } = await profiles.resolve(name)
          return await install.discover({ contextId, profile }, signal)
        },
      },
      kits: createKits(kit, createReceivedKits(home)),
      operations,
      workloads,
      logs,
      vault: {
        ...vault,
        put: async (credential) => {
          await planes.get(credential.planeId)
          return vault.put(credential)
        },
        active: () => autoLock.active(),
      },
      trust: { ...trustService(core), helm: () => core.helmConsent.current(), allowHelm: decisions.allowHelm },
      settings,
    },
    () => readRecording(join(assetsFolder, 'recorded', 'demo.json.gz')),
  )
  const router = createRouter(services, aboutOf(options), faultReporter(home))
  // A command of the terminal ends before a schedule is due.
  if (host !== 'terminal') {
    autoLock.start()
    await connectivity.startWatches()
  }
  return {
    router,
    client: createRouterClient(router),
    logs,
    operations,
    planes,
    install,
    kit,
    suspended: () => autoLock.suspended(),
    async close() {
      autoLock.stop()
      ended.abort()
      await operations.close()
      await connectivity.close()
      await Promise.all([workloads.close(), logs.close(), clusters.close()])
      await fleet.close()
    },
  }
}

function fleetPorts(
  { home, planes, clusters }: Core,
  workloads: Workloads,
  connectivity: Connectivity,
  activity: Activity,
): Parameters<typeof createFleet>[0] {
  return {
    observed: activity.observed,
    records: createFleetRecords(join(home, 'fleet'), recordKey(home)),
    planes: () => planes.list(),
    runs: (planeId) => connectivity.runs(planeId),
    async faults(planeId) {
      const report = await connectivity.lastVerified(planeId)
      return report === null ? undefined : endpointFaults(report, await connectivity.rows({ planeId }))
    },
    watch: (planeId, signal) => workloads.watch({ planeId }, signal),
    version: async ({ contextId }, signal) => (await clusters.probe({ contextId }, signal)).version,
    checkConnections: async (planeId, signal) => {
      for await (const _ of connectivity.check({ planeId }, signal)) {
        // The run is saved at its end.
      }
    },
  }
}

function planesService({ planes, approvals }: Core): Omit<Services['planes'], 'approveProfile'> {
  return {
    ...planes,
    profileChange: async ({ planeId }) => (await approvals.change(await planes.get(planeId))) ?? null,
  }
}

/** Approved profiles are listed with the other decisions. Without its approval, a plane asks for it again. */
function trustService({ planes, approvals, trust }: Core): Pick<Services['trust'], 'list' | 'revoke'> {
  return {
    list: async () => [...(await trust.list()), ...(await approvals.list(await planes.list()))],
    revoke: async (id) => {
      const isPlane = (await planes.list()).some((plane) => plane.id === id)
      await (isPlane ? approvals.forget(id) : trust.revoke(id))
    },
  }
}

async function prepareHome(home: string): Promise<void> {
  await makePrivateFolder(home).catch((error: Error) => {
    throw new Problem('HOME_UNUSABLE', `The state folder ${home} cannot be used (${error.message}).`, '', {
      cause: error,
    })
  })
  await sweepTemporary(join(home, 'tmp'))
  // The log store has thousands of files, and writes none of them as a draft.
  await sweepDrafts(home, ['logs'])
}

/** Tells the logs when the vault was locked and opened. */
async function followLocks(vault: Vault, logs: Logs, signal: AbortSignal): Promise<void> {
  let locked = vault.untilLocked()
  for (;;) {
    await aborted(AbortSignal.any([locked, signal]))
    if (signal.aborted) return
    logs.lock()
    for await (const _ of vault.watch(signal)) {
      // Taken before the status is read: a lock in between is noticed.
      locked = vault.untilLocked()
      if ((await vault.status()).state === 'open') break
    }
    if (signal.aborted) return
    await logs.unlocked().catch(() => undefined) // it was locked again, or the thread has died
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

function logsPorts(
  { home, plane, approved, connection, vault, operations }: Core,
  host: About['host'],
): Parameters<typeof createLogs>[0] {
  return {
    home,
    plane,
    profile: async (of) => (await approved(of)).profile,
    connection,
    key: (planeId) => vault.key(logKeySecret(planeId)),
    existingKey: (planeId) => vault.existingKey(logKeySecret(planeId)),
    untilLocked: () => vault.untilLocked(),
    replaceKey: (planeId, before, after) => vault.replaceKey(logKeySecret(planeId), before, after),
    destroyKey: (planeId) => vault.destroyKey(logKeySecret(planeId)),
    protection: async () => (await vault.status()).backend,
    access: {
      host,
      recordKey: recordKey(home),
      key: (planeId) => vault.key(logAccessSecret(planeId)),
      existingKey: (planeId) => vault.existingKey(logAccessSecret(planeId)),
      destroyKey: (planeId) => vault.destroyKey(logAccessSecret(planeId)),
    },
    fetches: {
      read: (planeId) => vault.text(logFetchSecret(planeId)),
      write: (planeId, text) => vault.setText(logFetchSecret(planeId), text),
    },
    searches: {
      read: (planeId) => vault.text(logSearchesSecret(planeId)),
      write: (planeId, text) => vault.setText(logSearchesSecret(planeId), text),
    },
    operations,
  }
}

async function notify(
  { settings, planes }: Core,
  connectivity: Connectivity,
  options: AppOptions,
  planeId: string,
  changes: readonly Change[],
): Promise<void> {
  if (options.notify === undefined || !(await settings.get()).notifications) return
  const [{ name }, rows] = await Promise.all([planes.get(planeId), connectivity.rows({ planeId })])
  const titles = Object.fromEntries(rows.map(({ id, title }) => [id, title]))
  options.notify({ ...notificationOf(name, titles, changes), open: () => connectivity.open(planeId) })
}

const aboutOf = ({ host, home }: AppOptions): About => ({
  version,
  host,
  home,
  runtime: `Node ${process.versions.node}`,
  platform: `${process.platform} ${process.arch}`,
})

/** The window shows only the reference of an unexpected error; stderr and a file get the details. */
const faultReporter =
  (home: string): ReportFault =>
  (reference, error) => {
    process.stderr.write(visibleText(`hangar: INTERNAL: ${faultMessage(error)} Reference ${reference}.\n`))
    void writeFault(home, version, error).then((file) => {
      if (file !== undefined) process.stderr.write(`  The details are in ${file}.\n`)
    })
  }
