import { join } from 'node:path'
import type { Context } from '../../preload/contract/clusters.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { ProgramConsent } from '../../preload/contract/trust.ts'
import { type AddedFiles, createAddedFiles } from '../clusters/added-files.ts'
import { type Clusters, createClusters } from '../clusters/clusters.ts'
import type { ConsentOptions } from '../clusters/consents.ts'
import { helmOnPath } from '../install/helm/helm-program.ts'
import type { ClusterConnection } from '../lib/kubernetes/client.ts'
import { readClusterUid } from '../lib/kubernetes/cluster-uid.ts'
import type { ChartFolders } from '../lib/local-chart.ts'
import type { ProgramFile } from '../lib/program-file.ts'
import { recordKey } from '../lib/signed-lines.ts'
import { createOperations, type Operations } from '../operations/operations.ts'
import { type Approvals, type ApprovedProfile, createApprovals } from '../planes/approvals.ts'
import { createPlanes, type Planes } from '../planes/planes.ts'
import { createProfiles, type Profiles } from '../profiles/profiles.ts'
import { withDefaults } from '../profiles/settings-schema.ts'
import { createSettings, type SettingsStore } from '../settings/settings.ts'
import { type ProgramConsentOptions, ProgramConsents } from '../trust/program-consents.ts'
import { createTrust, type Trust } from '../trust/trust.ts'
import { createVault, type Vault } from '../vault/vault.ts'
import { overridesSecret } from './secret-names.ts'

/** The user's consent to the helm on the PATH. Each throws HELM_MISSING or HELM_UNPROTECTED, and runs nothing. */
export interface HelmConsent {
  current(): Promise<ProgramConsent>
  /** The helm as it is now. A terminal asks. Throws HELM_CONSENT_NEEDED. */
  allowed(signal: AbortSignal): Promise<ProgramFile>
  /** Throws CONSENT_STALE. */
  allow(input: { readonly consentId: string }): Promise<void>
}

/** The features that need no other feature, and the lookups that the others need. */
export interface Core {
  readonly home: string
  readonly settings: SettingsStore
  readonly vault: Vault
  readonly trust: Trust
  readonly operations: Operations
  readonly profiles: Profiles
  readonly clusters: Clusters
  readonly addedFiles: AddedFiles
  readonly planes: Planes
  readonly approvals: Approvals
  readonly helmConsent: HelmConsent
  /** Settings that are not given have the defaults of the approved profile. Throws PLANE_UNKNOWN or PROFILE_CHANGED. */
  plane(planeId: string): Promise<Plane>
  /** The plane's profile as the user approved it. Throws PROFILE_CHANGED if none was approved. */
  approved(plane: Plane): Promise<ApprovedProfile & ChartFolders>
  /** Throws PLANE_UNKNOWN, and PROFILE_CHANGED unless the profile is what the user approved. */
  refuseChanged(planeId: string): Promise<void>
  /** Throws CONTEXT_UNKNOWN, KUBECONFIG_INVALID or CONSENT_NEEDED. */
  connection(contextId: string): Promise<ClusterConnection>
  /** Identifies the cluster of a context; undefined if this user is not permitted to read it. Throws CLUSTER_*. */
  clusterUid(contextId: string, signal: AbortSignal): Promise<string | undefined>
}

/** A credential program may have to ask its user. */
const clusterUidLimitMs = 60_000

export interface CoreOptions {
  readonly home: string
  /** Folder of the built-in profiles and charts. */
  readonly assetsFolder: string
  /** Replaces KUBECONFIG and ~/.kube/config. */
  readonly kubeconfig?: string | undefined
  /** The file of remembered decisions; undefined: none is remembered. */
  readonly trustFile?: string | undefined
  readonly trustedFiles?: readonly string[] | undefined
  readonly askConsent?: ConsentOptions['ask'] | undefined
  readonly askProgram?: ProgramConsentOptions['ask']
  /** See `AddedFilesOptions`. */
  readonly chooseKubeconfig?: (() => Promise<string | undefined>) | undefined
  readonly acceptsUploads: boolean
  /** Whether any file can be named as a profile: only by the terminal, whose user can read it anyway. */
  readonly trustsCaller: boolean
  /** Removes what the other features store for a plane. */
  readonly forgetPlane: (planeId: string) => Promise<void>
  /** Called after the user has allowed something or taken it back. */
  readonly connectionsChanged: () => void
}

export function createCore({ home, assetsFolder, kubeconfig, forgetPlane, ...options }: CoreOptions): Core {
  const settings = createSettings(join(home, 'settings.json'))
  const vault = createVault({ home, service: 'hangar' })
  const operations = createOperations(join(home, 'operations'), recordKey(home))
  const profiles = createProfiles({
    builtInFolder: join(assetsFolder, 'profiles'),
    ownFolder: join(home, 'profiles'),
    // A plane that the terminal created can have the file of a profile instead of a name.
    mayRead: async (file) => options.trustsCaller || (await planes.list()).some(({ profile }) => profile === file),
  })
  const trust = createTrust(options.trustFile, ({ revoked }) => {
    clusters.refresh(revoked)
    options.connectionsChanged()
  })
  const addedFiles = createAddedFiles({
    home,
    linked: async () => (await settings.get()).kubeconfigs,
    setLinked: (kubeconfigs) => settings.set({ kubeconfigs }),
    choose: options.chooseKubeconfig,
    acceptsUploads: options.acceptsUploads,
    changed: () => clusters.refresh(),
  })
  const clusters: Clusters = createClusters({
    grants: trust,
    stateFolder: home,
    trustedFiles: options.trustedFiles,
    ask: options.askConsent,
    kubeconfigFiles: kubeconfig === undefined ? undefined : [kubeconfig],
    moreKubeconfigs: () => addedFiles.paths(),
  })
  const programs = new ProgramConsents({
    grants: trust,
    trustedFiles: options.trustedFiles ?? [],
    ask: options.askProgram,
  })
  const helm = async (): Promise<ProgramFile> => helmOnPath(await clusters.programPath())
  const approvals = createApprovals(join(home, 'profile-approvals'), {
    read: (nameOrFile) => profiles.content(nameOrFile),
    parse: (nameOrFile, text) => profiles.parse(nameOrFile, text),
    complete: ({ settings: schema }, given) => withDefaults(schema, given),
  })
  const planes: Planes = createPlanes(join(home, 'planes'), {
    checkSettings: (profile, given) => profiles.checkSettings(profile, given),
    settingsSchema: async (name) => (await profiles.get({ name })).settings,
    checkChangedSettings: async (plane, given) =>
      profiles.checkSettingsOf((await approvals.approved(plane)).profile.settings, given),
    pinProfile: (plane) => approvals.pin(plane, options.trustsCaller),
    // The window asks where credentials go by then.
    settingsChanged: async (plane) => {
      if (options.trustsCaller) await approvals.settingsChanged(plane)
    },
    contextName: async (contextId) => (await contextOf(clusters, contextId)).name,
    usableContextName: async (contextId) => {
      const { name, problem } = await contextOf(clusters, contextId)
      if (problem !== undefined) throw new Problem('KUBECONFIG_INVALID', problem.message, problem.evidence)
      return name
    },
    clusterUid: (contextId) => core.clusterUid(contextId, AbortSignal.timeout(clusterUidLimitMs)),
    refuseRunning: async (planeId) => {
      const running = (await operations.list()).find(
        (each) => each.planeId === planeId && each.state === 'running' && each.kind !== 'collect',
      )
      if (running !== undefined) throw new Problem('OPERATION_RUNNING', `${running.title} is running.`)
    },
    contextChanged: () => options.connectionsChanged(),
    storeOverrides: (planeId, overrides) =>
      vault.setText(overridesSecret(planeId), overrides && JSON.stringify(overrides)),
    forget: async (planeId) => {
      await forgetPlane(planeId)
      await vault.setText(overridesSecret(planeId), undefined)
      await vault.removePlane(planeId)
      await approvals.forget(planeId)
    },
  })
  const core: Core = {
    home,
    settings,
    vault,
    trust,
    operations,
    profiles,
    clusters,
    addedFiles,
    planes,
    approvals,
    helmConsent: {
      current: async () => programs.of(await helm()),
      async allowed(signal) {
        const program = await helm()
        await programs.permit(program, signal)
        return program
      },
      allow: async ({ consentId }) => programs.allow(await helm(), consentId),
    },
    plane: async (planeId) => {
      const plane = await planes.get(planeId)
      const { profile } = await approvals.approved(plane)
      return { ...plane, settings: withDefaults(profile.settings, plane.settings) }
    },
    approved: async (plane) => ({
      ...(await approvals.approved(plane)),
      ...(await profiles.foldersOf(plane.profile)),
    }),
    refuseChanged: async (planeId) => approvals.refuseChanged(await planes.get(planeId)),
    connection: (contextId) => clusters.connection(contextId),
    clusterUid: async (contextId, signal) => readClusterUid(await clusters.open(contextId, signal), signal),
  }
  return core
}

async function contextOf(clusters: Clusters, contextId: string): Promise<Context> {
  const { contexts } = await clusters.contexts()
  const context = contexts.find(({ id }) => id === contextId)
  if (context === undefined) throw new Problem('CONTEXT_UNKNOWN', 'The context no longer exists in any kubeconfig.')
  return context
}
