import { delimiter, dirname } from 'node:path'
import { sha256 } from '../../main/install/digest.ts'
import { helmOnPath } from '../../main/install/helm/helm-program.ts'
import { createInstall, type Install } from '../../main/install/install.ts'
import type { PlannedPlane } from '../../main/install/ports.ts'
import type { ClusterConnection, KubernetesClient } from '../../main/lib/kubernetes/client.ts'
import { openCluster } from '../../main/lib/kubernetes/open.ts'
import type { OperationStarter } from '../../main/lib/operation.ts'
import { recordKey } from '../../main/lib/signed-lines.ts'
import { createOperations, type Operations } from '../../main/operations/operations.ts'
import type { PlanWay } from '../../preload/contract/install.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { Profile } from '../../preload/contract/profiles.ts'
import type { JsonObject } from '../../preload/contract/words.ts'

/** What the install of one plane needs, as plain data: a test sends it to a process that it kills. */
export interface InstallSetup {
  readonly kubeconfig: string
  readonly context: string
  readonly home: string
  /** The helm program. */
  readonly helm: string
  readonly profile: JsonObject
  readonly overrides?: PlannedPlane['overrides']
  /** The folder of the charts, if other than that of the tests. */
  readonly charts?: string
  readonly settings?: JsonObject
  /** What is wrong with the settings; absent: nothing. */
  readonly settingsProblem?: string
  /** Default: the helm that Hangar builds. */
  readonly helmChoice?: 'bundled' | 'path'
  /** By `credential/key`. */
  readonly secrets?: Readonly<Record<string, string>>
}

export const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
export const chartsFolder = `${import.meta.dirname}/charts`

/** A profile with these parts, and with the fields that every profile requires. */
export const profileOf = (name: string, parts: JsonObject): JsonObject => ({
  schemaVersion: 1,
  name,
  title: name,
  description: '',
  managementModels: [{ id: 'self', title: 'Self-managed', summary: '', tasks: [] }],
  components: [],
  endpoints: [],
  ...parts,
})

/** The answer for a helm on the PATH: these tests use the bundled one. */
export const neverAsked = (): never => {
  throw new Error('The bundled helm needs no consent.')
}

export interface TestHangar {
  readonly install: Install
  readonly operations: Operations
  readonly client: KubernetesClient
  readonly installedCount: () => number
  readonly uninstalledCount: () => number
  close(): Promise<void>
}

/** The services of Hangar for this setup. `watch` can replace the starter with which runners are registered. */
export async function openSetup(
  setup: InstallSetup,
  watch: (starter: OperationStarter) => OperationStarter = (starter) => starter,
): Promise<TestHangar> {
  const { kubeconfig, context, home, helm, secrets = {}, charts = chartsFolder } = setup
  const connection: ClusterConnection = {
    files: [kubeconfig],
    contextName: context,
    environment: { PATH: [dirname(helm), process.env.PATH].join(delimiter) },
  }
  const client = await openCluster(connection)
  const profile = Profile.parse(setup.profile)
  const plane: PlannedPlane = {
    id: planeId,
    name: profile.name,
    profile: profile.name,
    contextId: context,
    contextName: context,
    managementModel: 'self',
    settings: setup.settings ?? {},
    overrides: setup.overrides ?? {},
    overridden: Object.keys(setup.overrides ?? {}),
    createdAt: '2026-01-01T00:00:00Z',
  }
  const operations = createOperations(`${home}/operations`, recordKey(home))
  let installed = 0
  let uninstalled = 0
  const install = createInstall({
    plane: () => plane,
    profile: () => ({ profile, digest: sha256(JSON.stringify(setup.profile)), folder: charts, root: charts }),
    client: () => client,
    connection: () => connection,
    secret: (_, credential, key) => secrets[`${credential}/${key}`],
    credentials: () =>
      Object.keys(secrets).map((path) => {
        const [credential = '', key = ''] = path.split('/')
        return { planeId, credential, key, storedAt: '2026-01-01T00:00:00Z' }
      }),
    operations: watch(operations),
    namedProfile: () => ({ profile, folder: charts, root: charts }),
    completeSettings: (_, given) => given,
    checkSettings: () => {
      if (setup.settingsProblem !== undefined) throw new Problem('SETTINGS_INVALID', setup.settingsProblem)
    },
    allowedHelm: () => (setup.helmChoice === 'path' ? helmOnPath(dirname(helm)) : neverAsked()),
    settings: () => ({
      theme: 'system',
      timeZone: 'local',
      helm: setup.helmChoice ?? 'bundled',
      kubeconfigs: [],
      notifications: true,
      vaultAutoLock: 'automatic',
      vaultIdleMinutes: 15,
    }),
    bindCluster: () => undefined,
    markInstalled: () => {
      installed += 1
    },
    markUninstalled: () => {
      uninstalled += 1
    },
    home,
  })
  return {
    install,
    operations,
    client,
    installedCount: () => installed,
    uninstalledCount: () => uninstalled,
    async close() {
      await operations.close()
      await client.close()
    },
  }
}

/** Plans, accepts every loss, and the ways out of these kinds, starts and waits. Resolves with the ended operation. */
export async function runOperation(
  { install, operations }: TestHangar,
  action: 'install' | 'uninstall',
  signal: AbortSignal,
  ways: readonly PlanWay['kind'][] = [],
) {
  const { digest, losses, ways: offered } = await install.plan(planeId, action, signal)
  const acceptedLosses = [...losses, ...offered.filter(({ kind }) => ways.includes(kind))].map(({ id }) => id)
  const { id } = await install.start({ planeId, action, digest, acceptedLosses }, signal)
  return operations.ended(id, signal)
}
