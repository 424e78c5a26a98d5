import type { DraftCluster } from '../../../preload/contract/profile-draft.ts'
import './interpreted.ts'
import { createRouterClient, implement, ORPCError } from '@orpc/server'
import { settingFaults, withDefaults } from '../../../main/profiles/settings-schema.ts'
import { readSettingsText, writeSettingsText } from '../../../main/profiles/settings-text.ts'
import type { AddedKubeconfig, Context, ContextList } from '../../../preload/contract/clusters.ts'
import type { PlaneSummary } from '../../../preload/contract/fleet.ts'
import { contract } from '../../../preload/contract/index.ts'
import type { Plan } from '../../../preload/contract/install.ts'
import type { LogStatus, UnfinishedFetch } from '../../../preload/contract/logs.ts'
import type { Operation } from '../../../preload/contract/operations.ts'
import type { Plane } from '../../../preload/contract/planes.ts'
import { hints, type ProblemCode } from '../../../preload/contract/problem.ts'
import type { ProfileChange } from '../../../preload/contract/profile-change.ts'
import type { ProfileFault } from '../../../preload/contract/profiles.ts'
import { Settings } from '../../../preload/contract/settings.ts'
import type { Consent, Grant } from '../../../preload/contract/trust.ts'
import type { StoredCredential, VaultStatus } from '../../../preload/contract/vault.ts'
import { demandedLosses } from '../../../preload/demanded-losses.ts'
import { recordedPlaneId } from '../../../preload/recorded-plane.ts'
import type { Client } from '../../../renderer/lib/client.ts'
import { SignedOut } from '../../../renderer/lib/link.ts'
import { printAddress } from '../../../renderer/shell/address.ts'
import { activityOf } from './activity.ts'
import { createChecks } from './checks.ts'
import { ago, now, pause } from './clock.ts'
import { discoveryOf } from './discovery.ts'
import { faultyBackend } from './faultyPlanes.ts'
import { fleetPlanes, fleetSummary, usualSummary } from './fleet.ts'
import { hostile } from './hostile.ts'
import { createFakeKits } from './kits.ts'
import { fetchedFrom, foundEngines, searchedIn } from './logEngine.ts'
import {
  accesses,
  expiredBy,
  logStatus,
  matching,
  patternsOf,
  placed,
  record,
  retention,
  savedSearches,
  store as storeLines,
  surrounding,
} from './logs.ts'
import { longNames, shortNames } from './longNames.ts'
import { objectDetails } from './objectDetails.ts'
import {
  adoptingPlan,
  operations as cannedOperations,
  checkGuide,
  collecting,
  installOf,
  largeInstall,
  planOf,
  preflight,
  titles,
} from './operations.ts'
import {
  answerOf,
  planes as cannedPlanes,
  demoId,
  demoProfile,
  manyContexts,
  paymentsId,
  profileEntries,
  profileText,
  contexts as usualContexts,
} from './planes.ts'
import { movedCredential, profileChangeOf } from './profileChange.ts'
import { draftChanges, draftOf } from './profileDrafts.ts'
import { valuesOf } from './values.ts'
import { events, planeStatus, plannedStatus } from './workloads.ts'

/** The scene is `?scene=` of the address. The gallery also sets the view, `?route=`, and the theme. */
const query = new URLSearchParams(location.search)
const scene = query.get('scene') ?? 'usual'
const route = query.get('route')
if (route !== null && location.hash === '') history.replaceState(null, '', `#${printAddress(JSON.parse(route))}`)
const theme = Settings.shape.theme.catch('system').parse(query.get('theme'))

/** The controls of the fake backend for tests. */
export interface FakeBackend {
  /** Ends every call and stream; connecting works again after `restore`. */
  disconnect(): void
  restore(): void
  /** Every secret that the vault received, as `credential/key/length`. */
  readonly receivedSecrets: string[]
  /** Texts whose certificates the window had read. */
  readonly receivedPems: string[]
  addLogLines(count: number): void
  /** Ends a scheduled run with changes. */
  finishWatchRun(): void
  /** Replaces the arguments of the programs that contexts demand, without a message to the window. */
  changePrograms(args: readonly string[]): void
  /** How often the window has probed each context. */
  readonly probes: Record<string, number>
  /** Of the profile in the scene `profile-changed`; another one is another change. One digit. */
  profileVersion: number
  /** In the scene `held`, the settings arrive only now. */
  release(): void
  /** The keychain does not open the vault. */
  keychainRefuses: boolean
  /** What was saved last of a profile from a vendor's files: decisions with row and entry, or the rows of an update. */
  draftDecisions: readonly string[]
  /** The cluster of the latest draft. */
  draftCluster: DraftCluster | undefined
  /** What was asked of kits, in order. */
  kitCalls: readonly string[]
  /** Of the latest start of an operation. */
  acceptedLosses: readonly string[]
}

declare global {
  var fakeBackend: FakeBackend
}

const fail = (code: ProblemCode, message: string, evidence = ''): never => {
  throw new ORPCError(code, { message, data: { hint: hints[code], evidence } })
}

const kits = createFakeKits(fail)

const plannedOf = (planeId: string, action: Plan['action']): Plan =>
  scene === 'adopting' && action === 'install' ? adoptingPlan(planeId) : planOf(planeId, action)

/** A value that survives a reload, as the data of a core does. */
function persisted<Value>(name: string, first: Value): { get(): Value; set(value: Value): void } {
  // Frames of the gallery share this storage.
  const key = `fake.${scene}.${theme}.${name}`
  const stored = sessionStorage.getItem(key)
  let value: Value = stored === null ? first : JSON.parse(stored)
  return {
    get: () => value,
    set(next) {
      value = next
      sessionStorage.setItem(key, JSON.stringify(next))
    },
  }
}

const first: Readonly<Record<string, readonly Operation[]>> = {
  empty: [],
  planned: cannedOperations.filter(({ planeId }) => planeId === demoId),
  running: [installOf(paymentsId, '22222222-2222-4222-8222-222222222222', 4, 'running'), ...cannedOperations.slice(2)],
  'install-large': [largeInstall(), ...cannedOperations.slice(2)],
  uninstalled: [
    {
      ...installOf(demoId, '33333333-3333-4333-8333-333333333333', 9, 'done'),
      kind: 'uninstall',
      title: 'Uninstall demo',
    },
    ...cannedOperations.slice(0, 2),
  ],
  failed: [installOf(paymentsId, '22222222-2222-4222-8222-222222222222', 5, 'failed'), ...cannedOperations.slice(2)],
}

const contexts = scene === 'fleet' ? manyContexts : usualContexts
const faulty = scene === 'five-planes' ? faultyBackend() : undefined

/** In the scene `large`, the usual planes are among 100. */
const scenePlanes =
  scene === 'fleet'
    ? fleetPlanes
    : scene === 'large'
      ? [...cannedPlanes, ...fleetPlanes.slice(cannedPlanes.length)]
      : (faulty?.planes ?? cannedPlanes)
const planes = persisted<readonly Plane[]>('planes', scene === 'empty' ? [] : scenePlanes)
const unfinishedFetch = persisted<UnfinishedFetch | null>('unfinishedFetch', null)
const operations = persisted<readonly Operation[]>('operations', faulty?.operations ?? first[scene] ?? cannedOperations)
const addedFiles = persisted<readonly AddedKubeconfig[]>('addedFiles', [])
const grants = persisted<readonly Grant[]>('grants', [])
const settings = persisted<Settings>('settings', {
  theme,
  timeZone: 'local',
  helm: 'bundled',
  kubeconfigs: [],
  notifications: true,
  vaultAutoLock: 'automatic',
  vaultIdleMinutes: 15,
})
const stored = persisted<readonly StoredCredential[]>('stored', [])
const vault = persisted<VaultStatus>(
  'vault',
  scene === 'locked' || scene === 'no-passphrase'
    ? {
        backend: 'passphrase',
        state: scene === 'locked' ? 'locked' : 'empty',
        reason: 'no secret service answers on the session bus.',
      }
    : { backend: 'keychain', state: 'open', reason: '' },
)

let connection = new AbortController()
let reachable = true
const watchers = new Set<() => void>()
const changed = () => {
  for (const notify of watchers) notify()
}
let arrived = 0
const tails = new Set<(count: number) => void>()

const released = Promise.withResolvers<void>()

globalThis.fakeBackend = {
  release: () => released.resolve(),
  receivedSecrets: [],
  receivedPems: [],
  disconnect() {
    reachable = false
    connection.abort()
  },
  restore() {
    reachable = true
  },
  addLogLines(count) {
    for (const tail of tails) tail(count)
  },
  finishWatchRun: () => checks.finishRun(),
  changePrograms(args) {
    changedArgs = args
  },
  probes: {},
  profileVersion: 1,
  keychainRefuses: false,
  draftDecisions: [],
  draftCluster: undefined,
  kitCalls: kits.calls,
  acceptedLosses: [],
}

/** As the core. */
const fleetEveryMs = 500
/** As long as a thread of the core is at work on a text. */
const threadMs = 100
const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const beingChecked = new Set<string>()
const checkedAt = new Map<string, string>()
const summaryCache = new Map<string, PlaneSummary>()

/** Why the cluster of the plane cannot be read, in the scenes about that. */
function sceneProblem(planeId: string) {
  if (planeId === demoId && scene === 'stale') return staleProblem
  if (planeId === demoId && scene === 'untrusted') return untrustedProblem
  return isAllowed(planeOf(planeId).contextId) ? undefined : consentNeeded
}

function summaryNow(plane: Plane): PlaneSummary {
  const problem = sceneProblem(plane.id)
  const seen = summaryOf(plane)
  return problem === undefined || seen.observation === null
    ? seen
    : { ...seen, observation: { ...seen.observation, problem } }
}

function summaryOf(plane: Plane): PlaneSummary {
  if (faulty !== undefined) return faulty.summary(plane)
  const cached =
    summaryCache.get(plane.id) ??
    (fleetPlanes.some(({ id }) => id === plane.id) ? fleetSummary(plane) : usualSummary(plane))
  summaryCache.set(plane.id, cached)
  const at = checkedAt.get(plane.id) ?? cached.observedAt
  return { ...cached, checking: cached.checking || beingChecked.has(plane.id), observedAt: at }
}

const planeOf = (planeId: string): Plane =>
  planes.get().find(({ id }) => id === planeId) ?? fail('PLANE_UNKNOWN', 'There is no such plane.')

function setOperation(operation: Operation) {
  operations.set([operation, ...operations.get().filter(({ id }) => id !== operation.id)])
  changed()
}

/** Runs an operation through its steps, quickly. */
async function advance(operation: Operation, from: number) {
  for (let done = from; done < titles.length; done += 1) {
    setOperation({
      ...installOf(operation.planeId, operation.id, done, 'running'),
      kind: operation.kind,
      title: operation.title,
      startedAt: operation.startedAt,
    })
    await pause(scene === 'slow' ? 1_500 : 120)
    if (operations.get().find(({ id }) => id === operation.id)?.state === 'cancelled') return
  }
  setOperation({
    ...installOf(operation.planeId, operation.id, titles.length, 'done'),
    kind: operation.kind,
    title: operation.title,
    startedAt: operation.startedAt,
    endedAt: now(),
  })
  const installed = operation.kind === 'install'
  planes.set(
    planes
      .get()
      .map((plane) =>
        plane.id === operation.planeId ? { ...plane, installedAt: installed ? now() : undefined } : plane,
      ),
  )
}

/** Resolves when something was changed, or the signal aborts. */
async function untilChanged(signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  watchers.add(resolve)
  signal?.addEventListener('abort', () => resolve(), { once: true })
  await promise
  watchers.delete(resolve)
}

let changedArgs: readonly string[] | undefined

/** The consent of a context as its program is now; in the scene `consent` the plane's own context needs one too. */
function consentOf({ id, file, consent }: Context): Consent | undefined {
  const eks = contexts.contexts.find((context) => context.id === 'eks')?.consent
  const first = scene === 'consent' && id === 'aks' && eks !== undefined ? { ...eks, id: 'consent-aks' } : consent
  if (first === undefined) return undefined
  const now =
    changedArgs === undefined
      ? first
      : {
          ...first,
          id: `${first.id}-changed`,
          items: first.items.map((item) =>
            item.kind === 'program' && changedArgs !== undefined ? { ...item, args: [...changedArgs] } : item,
          ),
        }
  const given = grants
    .get()
    .some((grant) => grant.id === now.id || (now.wholeFile && grant.kind === 'kubeconfig' && grant.file === file))
  return { ...now, given }
}

/** The contexts with the consents that were given since. */
const contextsNow = (): ContextList => ({
  ...contexts,
  contexts: contexts.contexts.map((context) => {
    const consent = consentOf(context)
    return consent === undefined ? context : { ...context, consent }
  }),
})

const isAllowed = (contextId: string): boolean =>
  contextsNow().contexts.find(({ id }) => id === contextId)?.consent?.given !== false

const consentNeeded = {
  code: 'CONSENT_NEEDED',
  message: 'The context "aks-payments-eu" signs in with a program that you have not allowed yet: aws.',
  hint: hints.CONSENT_NEEDED,
  evidence: '/usr/local/aws-cli/v2/2.31.9/dist/aws eks get-token',
} as const

const staleProblem = {
  code: 'CLUSTER_UNREACHABLE',
  message: 'The API server of bed-1 does not respond.',
  hint: hints.CLUSTER_UNREACHABLE,
  evidence: 'connect ECONNREFUSED 10.80.1.1:6443',
}

const forbidden =
  'services is forbidden: User "ops" cannot list resource "services" in API group "" in the namespace "plane-system"'
const forbiddenProblem = {
  code: 'CLUSTER_FORBIDDEN',
  message: 'Service cannot be read in plane-system: it is forbidden.',
  hint: hints.CLUSTER_FORBIDDEN,
  evidence: forbidden,
}

/** In the scene "gone", an object is deleted once it was read. */
const gone = new Set<string>()

const untrustedProblem = {
  code: 'CLUSTER_UNTRUSTED',
  message: 'The certificate of the API server of bed-1 is not trusted.',
  hint: hints.CLUSTER_UNTRUSTED,
  evidence: 'self-signed certificate in certificate chain',
}

const failWithoutConsent = (planeId: string): void => {
  if (!isAllowed(planeOf(planeId).contextId)) fail('CONSENT_NEEDED', consentNeeded.message, consentNeeded.evidence)
}

const helmOnPath = {
  id: '5d1f7c0a',
  path: '/usr/local/bin/helm',
  file: '/opt/helm/4.3.1\u202e/helm',
  sha256: 'b1946ac92492d2347c6235b4d2611184b1946ac92492d2347c6235b4d2611184',
  isScript: false,
}

let approvedProfile = ''
/** A colleague changed the profile of the demo plane (`profile-changed`), or a setting of it moved a credential (`credential-moved`). */
const changeNow = (): ProfileChange =>
  scene === 'credential-moved' ? movedCredential : profileChangeOf(fakeBackend.profileVersion)
const isChanged = (planeId: string): boolean =>
  (scene === 'profile-changed' || scene === 'credential-moved') &&
  planeId === demoId &&
  approvedProfile !== changeNow().digest
const failIfChanged = (planeId: string): void => {
  if (isChanged(planeId))
    fail('PROFILE_CHANGED', 'The profile "demo" of the plane "demo" changed since you approved it.')
}

/** Of a plane whose logs were never collected. */
const uncollected: LogStatus = {
  ...logStatus,
  records: 0,
  rawBytes: 0,
  storedBytes: 0,
  oldest: null,
  newest: null,
  collecting: false,
  sources: logStatus.sources.map(({ collection: _, ...source }) => ({ ...source, records: 0, newest: null })),
}

const os = implement(contract)

const checks = createChecks(scene, fail, () => failIfChanged(demoId), faulty?.report)

function errorsOf(text: string): ProfileFault[] {
  return text.split('\n').flatMap((line, index) => {
    const mapping = /^\s*\w+: (?=\S+: )/.exec(line)
    if (mapping !== null)
      return [
        {
          line: index + 1,
          column: mapping[0].length + 1,
          field: '',
          found: 'text that is not YAML',
          expected: 'YAML',
          message: 'a mapping cannot start here: put it on a new line with more indentation',
        },
      ]
    const bad = /^(\s*protocol: )(?!wss|https|oci)(\S*)/.exec(line)
    return bad === null
      ? []
      : [
          {
            line: index + 1,
            column: (bad[1] ?? '').length + 1,
            field: 'endpoints[0].protocol',
            found: `"${bad[2]}"`,
            expected: 'one of wss, https, oci, amqp1',
          },
        ]
  })
}

/** The profile that a draft is saved as. */
const ownProfile = () => profileEntries.find(({ origin }) => origin === 'own') ?? fail('PROFILE_UNKNOWN', 'None.')

const router = os.router({
  profiles: {
    list: os.profiles.list.handler(() => [
      ...profileEntries,
      ...kits.imported.map((name) => ({ ...ownProfile(), name, title: 'Demo plane from a kit' })),
    ]),
    get: os.profiles.get.handler(({ input }) => ({ ...demoProfile, name: input.name })),
    read: os.profiles.read.handler(({ input }) => ({
      text: input.name === 'draft' ? profileText.replace('protocol: wss', 'protocol: carrier-pigeon') : profileText,
      origin: profileEntries.find(({ name }) => name === input.name)?.origin ?? 'own',
    })),
    readSettings: os.profiles.readSettings.handler(async ({ input }) => {
      await delay(threadMs)
      const { settings, faults, place } = readSettingsText(input.text, demoProfile.settings)
      if (settings === undefined) return { settings: null, faults: [...faults] }
      const complete = withDefaults(demoProfile.settings, settings)
      return { settings, faults: place(settingFaults(demoProfile.settings, complete)) }
    }),
    writeSettings: os.profiles.writeSettings.handler(async ({ input }) => {
      await delay(threadMs)
      return { text: writeSettingsText(input.text, input.settings) }
    }),
    check: os.profiles.check.handler(({ input }) => errorsOf(input.text)),
    readEndpoints: os.profiles.readEndpoints.handler(({ input }) => {
      const faults = errorsOf(input.text)
      return { list: faults.length > 0 ? null : { schemaVersion: 1, settings: {}, endpoints: [] }, faults }
    }),
    copy: os.profiles.copy.handler(({ input }) => ({
      ...(profileEntries[0] ?? fail('PROFILE_UNKNOWN', 'None.')),
      name: input.newName,
    })),
    save: os.profiles.save.handler(({ input }) => ({
      ...(profileEntries[0] ?? fail('PROFILE_UNKNOWN', 'None.')),
      name: input.name,
    })),
    remove: os.profiles.remove.handler(() => ({})),
  },
  profileDrafts: {
    create: os.profileDrafts.create.handler(({ input }) => {
      const paths = input.files.map(({ path }) => path)
      fakeBackend.draftCluster = input.cluster
      if (input.cluster !== undefined && input.cluster.namespaces.length === 0)
        fail('CLUSTER_FORBIDDEN', 'Listing Secrets in all namespaces is not permitted to this user.')
      if (paths.includes('endless.sh'))
        fail('FILE_INVALID', 'Reading the files needs more than 15 s of processor time.')
      return draftOf(input.name, paths)
    }),
    save: os.profileDrafts.save.handler(({ input: { decisions } }) => {
      fakeBackend.draftDecisions = decisions.map(({ row, as, entry }) => `${as} ${row} ${JSON.stringify(entry ?? {})}`)
      const host = decisions.find(({ row }) => row === 'endpoint:agent-control-plane')?.entry?.host
      const faults = [{ line: 1, column: 1, field: 'endpoints[0].host', found: '"a b"', expected: 'a host name' }]
      return host === 'a b'
        ? { faults, unconfirmed: 0, omitted: [] }
        : { profile: ownProfile(), faults: [], unconfirmed: 3, omitted: ['endpoint:other'] }
    }),
    compare: os.profileDrafts.compare.handler(() => ({ changes: [...draftChanges] })),
    update: os.profileDrafts.update.handler(({ input }) => {
      fakeBackend.draftDecisions = [...input.rows]
      return { profile: ownProfile() }
    }),
  },
  kits: {
    list: os.kits.list.handler(() => kits.list()),
    begin: os.kits.begin.handler(({ input }) => kits.begin(input)),
    append: os.kits.append.handler(({ input }) => kits.append(input)),
    remove: os.kits.remove.handler(({ input }) => kits.remove(input)),
    verify: os.kits.verify.handler(({ input, signal }) => kits.verify(input, signal)),
    push: os.kits.push.handler(({ input, signal }) => kits.push(input, signal)),
    import: os.kits.import.handler(({ input, signal }) => kits.import(input, signal)),
  },
  planes: {
    list: os.planes.list.handler(() => [...planes.get()]),
    get: os.planes.get.handler(({ input }) =>
      input.planeId === recordedPlaneId
        ? {
            ...(cannedPlanes.find(({ id }) => id === demoId) ?? fail('PLANE_UNKNOWN', 'None.')),
            id: recordedPlaneId,
            recordedAt: ago(86_400),
          }
        : planeOf(input.planeId),
    ),
    create: os.planes.create.handler(({ input }) => {
      const contextName = contexts.contexts.find(({ id }) => id === input.contextId)?.name ?? ''
      const { overrides, ...described } = input
      const overridden = Object.keys(overrides)
      const plane: Plane = { ...described, overridden, id: crypto.randomUUID(), contextName, createdAt: now() }
      planes.set([...planes.get(), plane])
      return plane
    }),
    setContext: os.planes.setContext.handler(({ input: { planeId, contextId, otherCluster } }) => {
      if (contextId === 'oidc' && otherCluster !== true)
        fail('CLUSTER_OTHER', 'The context on-premises-frankfurt leads to another cluster than that of the plane.')
      const contextName = contexts.contexts.find(({ id }) => id === contextId)?.name ?? ''
      const plane = { ...planeOf(planeId), contextId, contextName }
      planes.set(planes.get().map((one) => (one.id === planeId ? plane : one)))
      return plane
    }),
    importValues: os.planes.importValues.handler(({ input: { text } }) => {
      if (text.includes('broken')) return fail('FILE_INVALID', 'values.yaml, line 2: this is not valid YAML or JSON.')
      return {
        settings: { region: 'northeurope', controlPlane: { host: 'cp.imported.example' } },
        taken: ['region', 'controlPlane.host'],
        unknown: ['token'],
      }
    }),
    certificates: os.planes.certificates.handler(({ input: { pem } }) => {
      fakeBackend.receivedPems.push(pem)
      return [
        {
          subject: 'C=SE, O=Acme, CN=agent.plane.example',
          issuer: 'O=Acme, CN=Acme issuing authority',
          notBefore: ago(86_400 * 300),
          notAfter: ago(-86_400 * 12),
        },
      ]
    }),
    describe: os.planes.describe.handler(({ input: { planeId, name, labels, pinned } }) => {
      const before = planeOf(planeId)
      if (name !== undefined && planes.get().some((one) => one.name === name && one.id !== planeId))
        fail('PLANE_EXISTS', `A plane named "${name}" already exists.`)
      const plane: Plane = {
        ...before,
        name: name ?? before.name,
        labels: labels ?? before.labels,
        pinned: pinned ?? before.pinned,
      }
      planes.set(planes.get().map((one) => (one.id === planeId ? plane : one)))
      return plane
    }),
    connect: os.planes.connect.handler(({ input }) => {
      const at = now()
      const context = contexts.contexts.find(({ id }) => id === input.contextId)
      const plane = {
        ...input,
        id: crypto.randomUUID(),
        contextName: context?.name ?? '',
        overridden: [],
        createdAt: at,
      }
      const connected: Plane = { ...plane, connectedAt: at }
      planes.set([...planes.get(), connected])
      return connected
    }),
    update: os.planes.update.handler(({ input: { planeId, settings } }) => {
      const plane = { ...planeOf(planeId), settings }
      planes.set(planes.get().map((one) => (one.id === planeId ? plane : one)))
      return plane
    }),
    remove: os.planes.remove.handler(({ input }) => {
      planes.set(planes.get().filter(({ id }) => id !== input.planeId))
      return {}
    }),
    profileChange: os.planes.profileChange.handler(({ input }) => (isChanged(input.planeId) ? changeNow() : null)),
    approveProfile: os.planes.approveProfile.handler(({ input }) => {
      const { digest } = changeNow()
      if (input.digest !== digest) fail('PROFILE_CHANGED', 'The profile of "demo" is not the one that was shown.')
      approvedProfile = digest
      return {}
    }),
  },
  activity: {
    list: os.activity.list.handler(({ input }) => activityOf(scene, planes.get(), input)),
    watch: os.activity.watch.handler(async function* ({ input, signal }) {
      if (scene === 'activity-refused') fail('FILE_UNREADABLE', 'The records of activity cannot be read (EACCES).')
      if (scene === 'slow') await pause(1_500, signal)
      yield activityOf(scene, planes.get(), input)
      await pause(2 ** 31 - 1, signal)
    }),
  },
  fleet: {
    watch: os.fleet.watch.handler(async function* ({ signal }) {
      for (const sent = new Map<string, string>(); signal?.aborted !== true; ) {
        const changedSummaries = planes
          .get()
          .map(summaryNow)
          .filter((summary) => {
            const text = JSON.stringify(summary)
            const isSame = sent.get(summary.planeId) === text
            sent.set(summary.planeId, text)
            return !isSame
          })
        if (changedSummaries.length > 0) yield { planes: changedSummaries }
        await Promise.all([untilChanged(signal), pause(fleetEveryMs, signal)])
      }
    }),
    check: os.fleet.check.handler(async ({ input: { planeIds } }) => {
      for (const planeId of planeIds) beingChecked.add(planeId)
      changed()
      for (const planeId of planeIds) {
        await pause(scene === 'slow' ? 400 : 50)
        beingChecked.delete(planeId)
        checkedAt.set(planeId, now())
        changed()
      }
      return {}
    }),
  },
  clusters: {
    files: os.clusters.files.handler(() => [...addedFiles.get()]),
    chooseFile: os.clusters.chooseFile.handler(() => {
      addedFiles.set([...addedFiles.get(), { id: 'team', name: 'team.yaml', origin: 'linked' }])
      return [...addedFiles.get()]
    }),
    uploadFile: os.clusters.uploadFile.handler(({ input: { name } }) => {
      addedFiles.set([...addedFiles.get(), { id: name, name, origin: 'uploaded' }])
      return [...addedFiles.get()]
    }),
    removeFile: os.clusters.removeFile.handler(({ input }) => {
      addedFiles.set(addedFiles.get().filter(({ id }) => id !== input.id))
      return [...addedFiles.get()]
    }),
    contexts: os.clusters.contexts.handler(() => contextsNow()),
    watchContexts: os.clusters.watchContexts.handler(async function* ({ signal }) {
      while (!signal?.aborted) {
        yield scene === 'empty' ? { ...contexts, contexts: [] } : contextsNow()
        await untilChanged(signal)
      }
    }),
    allow: os.clusters.allow.handler(({ input }) => {
      const context = contexts.contexts.find(({ id }) => id === input.contextId)
      const consent = context && consentOf(context)
      if (context === undefined || consent === undefined || consent.id !== input.consentId)
        return fail('CONSENT_STALE', 'What the context demands has changed.')
      grants.set([
        ...grants.get(),
        input.wholeFile
          ? { kind: 'kubeconfig', id: `file-${consent.id}`, file: context.file, at: now() }
          : {
              kind: 'sign-in',
              id: consent.id,
              file: context.file,
              demands: [],
              items: consent.items,
              variables: input.variables,
              at: now(),
            },
      ])
      changed()
      return {}
    }),
    probe: os.clusters.probe.handler(async ({ input }) => {
      fakeBackend.probes[input.contextId] = (fakeBackend.probes[input.contextId] ?? 0) + 1
      await pause(80)
      if (input.contextId === 'oidc') {
        return {
          reachable: false,
          elapsedMs: 5_000,
          at: now(),
          problem: {
            code: 'CLUSTER_UNREACHABLE',
            message: 'The API server of on-premises-frankfurt did not respond within 5 s.',
            hint: hints.CLUSTER_UNREACHABLE,
            evidence: 'proxy http://proxy.corp:3128: connect ETIMEDOUT',
          },
        }
      }
      const answer = answerOf(input.contextId)
      if (answer === 'slow') await pause(3_000)
      if (answer === 'unreachable' || answer === 'expired') {
        const code = answer === 'expired' ? 'CLUSTER_UNAUTHORIZED' : 'CLUSTER_UNREACHABLE'
        const name = contexts.contexts.find(({ id }) => id === input.contextId)?.name
        const message = answer === 'expired' ? 'refused the credential' : 'did not respond within 5 s'
        return {
          reachable: false,
          elapsedMs: 5_000,
          at: now(),
          problem: { code, message: `The API server of ${name} ${message}.`, hint: hints[code], evidence: '' },
        }
      }
      return { reachable: true, version: 'v1.36.2', platform: 'linux/amd64', elapsedMs: 34, at: now() }
    }),
  },
  connectivity: checks.procedures,
  install: {
    preflight: os.install.preflight.handler(async function* ({ input }) {
      failIfChanged(input.planeId)
      failWithoutConsent(input.planeId)
      const chosen = preflight.filter(({ id }) => input.only === undefined || input.only.includes(id))
      const results = chosen.map((result) =>
        scene === 'blocked' && result.id === 'permissions'
          ? {
              ...result,
              verdict: 'fail' as const,
              message: 'You are not permitted to create ClusterRoles.',
              hint: 'Ask the cluster administrator for the named permission.',
              evidence: 'create clusterroles.rbac.authorization.k8s.io',
            }
          : result,
      )
      yield {
        kind: 'started',
        checks: results.map(({ id, title, category, severity, deep }) => ({ id, title, category, severity, deep })),
      }
      for (const result of results) {
        await pause(scene === 'slow' ? 800 : 20)
        yield { kind: 'result', result }
      }
      yield {
        kind: 'finished',
        report: { schemaVersion: 1, startedAt: now(), context: planeOf(input.planeId).contextName, results },
      }
    }),
    values: os.install.values.handler(async ({ input }) => {
      await pause(scene === 'slow' ? 1_000 : 30)
      return valuesOf(input.settings ?? {})
    }),
    checks: os.install.checks.handler(() => [...checkGuide]),
    discover: os.install.discover.handler(async ({ input }) => {
      await pause(scene === 'slow' ? 1_000 : 60)
      return discoveryOf(input.profile, input.contextId === 'kind')
    }),
    plan: os.install.plan.handler(({ input }) => {
      failIfChanged(input.planeId)
      failWithoutConsent(input.planeId)
      return plannedOf(input.planeId, input.action)
    }),
    watchHolder: os.install.watchHolder.handler(async function* () {
      yield { holder: null }
    }),
    savePlan: os.install.savePlan.handler(() => fail('INTERNAL', 'The window saves no plan.')),
    openPlan: os.install.openPlan.handler(() => fail('INTERNAL', 'The window opens no plan.')),
    start: os.install.start.handler(({ input }) => {
      const accepted = input.acceptedLosses ?? []
      fakeBackend.acceptedLosses = accepted
      if (demandedLosses(plannedOf(input.planeId, input.action), accepted).some(({ id }) => !accepted.includes(id)))
        fail('LOSS_NOT_ACCEPTED', 'Nothing was changed.')
      const installing = input.action === 'install'
      const name = planeOf(input.planeId).name
      const operation: Operation = {
        ...installOf(input.planeId, crypto.randomUUID(), 0, 'running'),
        kind: input.action,
        title: `${installing ? 'Install' : 'Uninstall'} ${name}`,
        startedAt: now(),
      }
      setOperation(operation)
      void advance(operation, 0)
      return operation
    }),
  },
  operations: {
    list: os.operations.list.handler(() => [...operations.get()]),
    watch: os.operations.watch.handler(async function* ({ signal }) {
      let wake = () => {}
      const notify = () => wake()
      watchers.add(notify)
      try {
        while (!signal?.aborted) {
          yield { operations: [...operations.get()] }
          await new Promise<void>((resolve) => {
            wake = resolve
            signal?.addEventListener('abort', () => resolve())
          })
        }
      } finally {
        watchers.delete(notify)
      }
    }),
    cancel: os.operations.cancel.handler(({ input }) => {
      const operation = operations.get().find(({ id }) => id === input.operationId)
      if (operation !== undefined)
        setOperation({ ...operation, state: 'cancelled', endedAt: now(), offers: ['forget'] })
      return {}
    }),
    resume: os.operations.resume.handler(({ input }) => {
      const operation =
        operations.get().find(({ id }) => id === input.operationId) ??
        fail('OPERATION_UNKNOWN', 'There is no such operation.')
      const resumed: Operation = { ...operation, state: 'running', offers: ['cancel'], problem: undefined }
      setOperation(resumed)
      void advance(resumed, operation.done)
      return resumed
    }),
    forget: os.operations.forget.handler(({ input }) => {
      operations.set(operations.get().filter(({ id }) => id !== input.operationId))
      return {}
    }),
  },
  workloads: {
    watch: os.workloads.watch.handler(async function* ({ input, signal }) {
      if (faulty !== undefined) {
        yield { kind: 'state', status: faulty.status(input.planeId) }
        return await pause(1e9, signal)
      }
      if (scene === 'stale') {
        yield {
          kind: 'state',
          status: {
            ...planeStatus(),
            asOf: ago(1_260),
            connection: { state: 'stale', since: ago(1_250), problem: staleProblem },
          },
        }
        return await pause(1e9, signal)
      }
      if (scene === 'untrusted') {
        const components = planeStatus().components.map((each) => ({ ...each, health: 'unknown' as const, reason: '' }))
        yield {
          kind: 'state',
          status: {
            ...planeStatus(),
            asOf: null,
            connection: { state: 'connecting', since: ago(4), problem: untrustedProblem },
            components,
            objects: [],
          },
        }
        return await pause(1e9, signal)
      }
      const { contextId } = planeOf(input.planeId)
      if (!isAllowed(contextId)) {
        const connection = { state: 'connecting', since: ago(3), problem: consentNeeded } as const
        const unknown = planeStatus().components.map((each) => ({ ...each, health: 'unknown' as const, reason: '' }))
        yield { kind: 'state', status: { ...planeStatus(), asOf: null, connection, components: unknown, objects: [] } }
        while (!isAllowed(contextId) && !signal?.aborted) await untilChanged(signal)
      }
      if (input.planeId !== demoId && planeOf(input.planeId).installedAt === undefined) {
        yield { kind: 'state', status: plannedStatus() }
        return await pause(1e9, signal)
      }
      const options = scene === 'large' ? { podsEach: 750 } : {}
      const problem = scene === 'forbidden' ? { problem: forbiddenProblem } : {}
      const status = planeStatus(options)
      yield { kind: 'state', status: { ...status, connection: { ...status.connection, ...problem } } }
      for (let tick = 0; !signal?.aborted; tick += 1) {
        await pause(scene === 'large' ? 250 : 2_000, signal)
        const { components, objects } = planeStatus(options)
        const changedObjects = objects.filter((_, index) => (index + tick) % 7 === 0)
        yield {
          kind: 'delta',
          asOf: now(),
          connection: { state: 'live', since: ago(600), ...problem },
          components,
          changed: changedObjects.filter(({ uid }) => !gone.has(uid)),
          removed: [...gone],
        }
      }
    }),
    object: os.workloads.object.handler(({ input: { planeId, object } }) => {
      failWithoutConsent(planeId)
      if (scene === 'stale') fail('CLUSTER_UNREACHABLE', staleProblem.message, staleProblem.evidence)
      if (scene === 'forbidden') {
        fail('CLUSTER_FORBIDDEN', `${object.kind} ${object.name} cannot be read: it is forbidden.`, forbidden)
      }
      const found = planeStatus(scene === 'large' ? { podsEach: 750 } : {}).objects.find(
        ({ uid }) => uid === object.uid,
      )
      if (found === undefined || gone.has(found.uid)) return null
      if (scene === 'gone') gone.add(found.uid)
      return objectDetails(found)
    }),
    events: os.workloads.events.handler(({ input }) =>
      input.object === undefined
        ? [...events]
        : events.filter(({ object }) => input.object?.endsWith(`${object.kind}/${object.name}`)),
    ),
  },
  logs: {
    status: os.logs.status.handler(({ input }) =>
      faulty !== undefined
        ? faulty.logs(input.planeId)
        : input.planeId === demoId && scene !== 'purged'
          ? {
              ...logStatus,
              newest: now(),
              collecting: operations.get().some((one) => one.kind === 'collect' && one.state === 'running'),
            }
          : uncollected,
    ),
    collect: os.logs.collect.handler(({ input }) => {
      failWithoutConsent(input.planeId)
      if (vault.get().state !== 'open') fail('VAULT_LOCKED', 'The vault needs a passphrase first.')
      const operation = { ...collecting, planeId: input.planeId }
      setOperation(operation)
      return operation
    }),
    search: os.logs.search.handler(async function* ({ input }) {
      const found = matching(input)
      await pause(30)
      yield { kind: 'records', records: found.slice(0, input.limit) }
      yield { kind: 'done', blocksRead: 12, blocksSkipped: 188, elapsedMs: 38, more: found.length > input.limit }
    }),
    count: os.logs.count.handler(async function* ({ input }) {
      await pause(30)
      yield { count: matching(input).length, isComplete: true }
    }),
    place: os.logs.place.handler(async ({ input }) => {
      await pause(30)
      return placed(input)
    }),
    searchEngine: os.logs.searchEngine.handler(({ input: { engine, ...query }, signal }) =>
      searchedIn(engine, query, fail, signal),
    ),
    engines: os.logs.engines.handler(async ({ input }) => {
      failWithoutConsent(input.planeId)
      await pause(60)
      return foundEngines(scene)
    }),
    fetch: os.logs.fetch.handler(({ input, signal }) => fetchedFrom(input, fail, unfinishedFetch.set, signal)),
    unfinishedFetch: os.logs.unfinishedFetch.handler(({ input }) => ({
      fetch: input.planeId === demoId ? unfinishedFetch.get() : null,
    })),
    forgetFetch: os.logs.forgetFetch.handler(() => {
      unfinishedFetch.set(null)
      return {}
    }),
    follow: os.logs.follow.handler(async function* ({ signal }) {
      let count = 0
      let wake = () => {}
      const tail = (lines: number) => {
        count += lines
        wake()
      }
      tails.add(tail)
      try {
        while (!signal?.aborted) {
          await new Promise<void>((resolve) => {
            wake = resolve
            signal?.addEventListener('abort', () => resolve())
          })
          const fresh = Array.from({ length: count }, () => {
            arrived += 1
            return { ...record(0, now()), id: `z${String(arrived).padStart(8, '0')}` }
          })
          count = 0
          storeLines(fresh)
          if (fresh.length > 0) yield { records: fresh }
        }
      } finally {
        tails.delete(tail)
      }
    }),
    patterns: os.logs.patterns.handler(async function* ({ input: { compare, ...query } }) {
      const result = patternsOf(query, compare === undefined ? 'alone' : 'compared')
      yield { ...result, kind: 'progress', patterns: result.patterns.map(({ phrase: _, ...pattern }) => pattern) }
      await pause(30)
      yield { ...result, kind: 'done' }
    }),
    accesses: os.logs.accesses.handler(() => ({ entries: [...accesses], total: accesses.length, unverified: 1 })),
    retention: os.logs.retention.handler(() => ({ ...retention })),
    expired: os.logs.expired.handler(({ input: { days } }) => expiredBy(days)),
    setRetention: os.logs.setRetention.handler(({ input: { days, bytes } }) => {
      Object.assign(retention, { days, bytes, removed: { at: now(), ...expiredBy(days) } })
      return { ...retention }
    }),
    searches: os.logs.searches.handler(() => [...savedSearches]),
    saveSearch: os.logs.saveSearch.handler(({ input: { planeId: _, ...search } }) => {
      const saved = { ...search, id: crypto.randomUUID(), savedAt: now() }
      savedSearches.push(saved)
      return saved
    }),
    removeSearch: os.logs.removeSearch.handler(({ input }) => {
      const index = savedSearches.findIndex(({ id }) => id === input.id)
      if (index >= 0) savedSearches.splice(index, 1)
      return {}
    }),
    export: os.logs.export.handler(async function* ({ input }) {
      const found = matching({ ...input, planeId: demoId })
      yield { kind: 'text', text: found.map(({ raw }) => `${raw}\n`).join(''), records: found.length }
      yield { kind: 'done', records: found.length, redacted: 2 }
    }),
    around: os.logs.around.handler(({ input }) => surrounding(input)),
    histogram: os.logs.histogram.handler(({ input }) => {
      const from = Date.parse(input.from)
      const stepMs = (Date.parse(input.to) - from) / input.steps
      return Array.from({ length: input.steps }, (_, index) => {
        const wave = Math.round(60 + 40 * Math.sin(index / 6))
        return {
          from: new Date(from + index * stepMs).toISOString(),
          counts: { INFO: wave, DEBUG: wave >> 1, WARN: index % 9, ERROR: index > 50 && index < 58 ? 30 : 0 },
        }
      })
    }),
    purge: os.logs.purge.handler(() => ({})),
  },
  vault: {
    status: os.vault.status.handler(() => vault.get()),
    unlock: os.vault.unlock.handler(({ input }) => {
      if (input.passphrase?.startsWith('wrong') === true)
        fail('VAULT_PASSPHRASE_WRONG', 'The passphrase does not open the vault.')
      if (input.passphrase === undefined && fakeBackend.keychainRefuses)
        fail('VAULT_UNAVAILABLE', 'The keychain did not answer.')
      vault.set({ ...vault.get(), state: 'open' })
      return vault.get()
    }),
    watch: os.vault.watch.handler(async function* ({ signal }) {
      for (let last = ''; signal?.aborted !== true; ) {
        const status = vault.get()
        if (JSON.stringify(status) !== last) yield status
        last = JSON.stringify(status)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }),
    lock: os.vault.lock.handler(() => {
      vault.set({ ...vault.get(), state: 'locked', reason: '' })
      return vault.get()
    }),
    active: os.vault.active.handler(() => ({})),
    rekey: os.vault.rekey.handler(() => vault.get()),
    put: os.vault.put.handler(({ input: { value, ...entry } }) => {
      fakeBackend.receivedSecrets.push(`${entry.credential}/${entry.key}/${value.length}`)
      const one = { ...entry, storedAt: now() }
      stored.set([...stored.get(), one])
      return one
    }),
    list: os.vault.list.handler(({ input }) => stored.get().filter(({ planeId }) => planeId === input.planeId)),
    remove: os.vault.remove.handler(() => ({})),
  },
  trust: {
    list: os.trust.list.handler(() => [...grants.get()]),
    revoke: os.trust.revoke.handler(({ input }) => {
      grants.set(grants.get().filter(({ id }) => id !== input.id))
      changed()
      return {}
    }),
    helm: os.trust.helm.handler(() => ({ ...helmOnPath, given: grants.get().some(({ id }) => id === helmOnPath.id) })),
    allowHelm: os.trust.allowHelm.handler(({ input }) => {
      if (input.consentId !== helmOnPath.id) return fail('CONSENT_STALE', '/usr/local/bin/helm has changed.')
      const { id, path, file, sha256 } = helmOnPath
      grants.set([...grants.get(), { kind: 'program', id, path, file, sha256, at: now() }])
      return {}
    }),
  },
  settings: {
    get: os.settings.get.handler(async () => {
      if (scene === 'held') await released.promise
      return settings.get()
    }),
    set: os.settings.set.handler(({ input }) => {
      settings.set({ ...settings.get(), ...input })
      return settings.get()
    }),
    about: os.settings.about.handler(() => ({
      version: '0.1.0',
      host: 'browser' as const,
      home: '/home/operator/.hangar',
      runtime: 'Node 24.21.0',
      platform: 'Linux 6.1 x64',
    })),
  },
})

/** As in the browser host. */
export const signOut = () => globalThis.fakeBackend.disconnect()

/** Replaces the window's `connect`; a lost connection ends every call and stream. */
export async function connect(): Promise<Client> {
  if (scene === 'signed-out') throw new SignedOut('expired')
  if (!reachable) throw new Error('The fake backend is disconnected.')
  connection = new AbortController()
  const { signal: connected } = connection
  return createRouterClient(router, {
    interceptors: [
      async ({ next, signal, ...rest }) => {
        const result: unknown = await next({
          ...rest,
          input: received(asDemo(rest.path, rest.input)),
          signal: signal === undefined ? connected : AbortSignal.any([signal, connected]),
        })
        if (connected.aborted) throw new Error('The fake backend disconnected.')
        if (typeof result !== 'object' || result === null || !(Symbol.asyncIterator in result)) return sent(result)
        return endingWith(result as AsyncIterable<unknown>, connected) // the `in` above shows it
      },
    ],
  }) as Client // interceptors widen the types of results
}

/** Whatever is asked of the recorded plane, apart from itself, is answered as for the demo plane. */
function asDemo(path: readonly string[], input: unknown): unknown {
  const isOfIt = typeof input === 'object' && input !== null && 'planeId' in input && input.planeId === recordedPlaneId
  return isOfIt && path.join('.') !== 'planes.get' ? { ...input, planeId: demoId } : input
}

const changes: Readonly<Record<string, (value: unknown) => unknown>> = { hostile, 'long-names': longNames }
const sent = changes[scene] ?? ((value: unknown): unknown => value)
const received = scene === 'long-names' ? shortNames : (value: unknown): unknown => value

/** A stream that fails when the connection is lost, as one over a socket does. */
async function* endingWith(stream: AsyncIterable<unknown>, connected: AbortSignal) {
  for await (const event of stream) yield sent(event)
  if (connected.aborted) throw new Error('The fake backend disconnected.')
}
