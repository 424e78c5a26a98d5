import { join } from 'node:path'
import type { Plane } from '../../preload/contract/planes.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { Profile } from '../../preload/contract/profiles.ts'
import { type Clusters, createClusters } from '../clusters/clusters.ts'
import type { ConsentOptions } from '../clusters/consents.ts'
import type { ClusterConnection } from '../lib/kubernetes/client.ts'
import { recordKey } from '../lib/signed-lines.ts'
import { createOperations, type Operations } from '../operations/operations.ts'
import { createPlanes, type Planes } from '../planes/planes.ts'
import { createProfiles, type Profiles } from '../profiles/profiles.ts'
import { createSettings, type SettingsStore } from '../settings/settings.ts'
import { createTrust, type Trust } from '../trust/trust.ts'
import { createVault, type Vault } from '../vault/vault.ts'
import { overridesSecret } from './secret-names.ts'

/** The features that need no other feature, and the lookups that the others need. */
export interface Core {
  readonly home: string
  readonly settings: SettingsStore
  readonly vault: Vault
  readonly trust: Trust
  readonly operations: Operations
  readonly profiles: Profiles
  readonly clusters: Clusters
  readonly planes: Planes
  /** Settings that are not given have the profile's defaults. Throws PLANE_UNKNOWN. */
  plane(planeId: string): Promise<Plane>
  /** Throws PROFILE_UNKNOWN or PROFILE_INVALID. */
  profile(name: string): Promise<Profile>
  /** Throws CONTEXT_UNKNOWN, KUBECONFIG_INVALID or CONSENT_NEEDED. */
  connection(contextId: string): Promise<ClusterConnection>
}

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
  /** Removes what the other features store for a plane. */
  readonly forgetPlane: (planeId: string) => Promise<void>
  /** Called after the user has allowed something or taken it back. */
  readonly trustChanged: () => void
}

export function createCore({ home, assetsFolder, kubeconfig, forgetPlane, ...options }: CoreOptions): Core {
  const settings = createSettings(join(home, 'settings.json'))
  const vault = createVault({ home, service: 'hangar' })
  const operations = createOperations(join(home, 'operations'), recordKey(home))
  const profiles = createProfiles({ builtInFolder: join(assetsFolder, 'profiles'), ownFolder: join(home, 'profiles') })
  const trust = createTrust(options.trustFile, (revoked) => {
    clusters.refresh(revoked !== undefined)
    options.trustChanged()
  })
  const clusters: Clusters = createClusters({
    grants: trust,
    trustedFiles: options.trustedFiles,
    ask: options.askConsent,
    kubeconfigFiles: kubeconfig === undefined ? undefined : [kubeconfig],
    moreKubeconfigs: async () => (await settings.get()).kubeconfigs,
  })
  const planes = createPlanes(join(home, 'planes'), {
    checkSettings: (profile, given) => profiles.checkSettings(profile, given),
    contextName: (contextId) => contextName(clusters, contextId),
    storeOverrides: (planeId, overrides) =>
      vault.setText(overridesSecret(planeId), overrides && JSON.stringify(overrides)),
    forget: async (planeId) => {
      await forgetPlane(planeId)
      await vault.setText(overridesSecret(planeId), undefined)
      await vault.removePlane(planeId)
    },
  })
  return {
    home,
    settings,
    vault,
    trust,
    operations,
    profiles,
    clusters,
    planes,
    plane: async (planeId) => {
      const plane = await planes.get(planeId)
      return { ...plane, settings: await profiles.completeSettings(plane.profile, plane.settings) }
    },
    profile: async (name) => (await profiles.resolve(name)).profile,
    connection: (contextId) => clusters.connection(contextId),
  }
}

async function contextName(clusters: Clusters, contextId: string): Promise<string> {
  const { contexts } = await clusters.contexts()
  const context = contexts.find(({ id }) => id === contextId)
  if (context === undefined) throw new Problem('CONTEXT_UNKNOWN', 'The context no longer exists in any kubeconfig.')
  return context.name
}
