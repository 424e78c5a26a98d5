import { PlaneValues } from '../../preload/contract/planes.ts'
import type { InstallPorts } from '../install/ports.ts'
import { withDefaults } from '../profiles/settings-schema.ts'
import type { Core } from './core.ts'
import { overridesSecret } from './secret-names.ts'

/** What installing needs of the core. */
export function installPorts(core: Core): InstallPorts {
  const { home, clusters, operations, planes, profiles, settings, vault } = core
  return {
    home,
    plane: async (planeId) => {
      const [plane, overrides] = await Promise.all([core.plane(planeId), vault.text(overridesSecret(planeId))])
      return {
        ...plane,
        overrides: overrides === undefined ? {} : PlaneValues.shape.overrides.parse(JSON.parse(overrides)),
      }
    },
    profile: async (plane, action) => {
      // An uninstall removes what was installed, which is what was approved.
      if (action === 'install') await core.refuseChanged(plane.id)
      return await core.approved(plane)
    },
    client: (contextId) => clusters.open(contextId),
    connection: core.connection,
    secret: (planeId, credential, key) => vault.secret(planeId, credential, key),
    credentials: (planeId) => vault.list({ planeId }),
    operations,
    settings: () => settings.get(),
    allowedHelm: (signal) => core.helmConsent.allowed(signal),
    namedProfile: (name) => profiles.resolve(name),
    completeSettings: (profile, given) => withDefaults(profile.settings, given),
    checkSettings: (name, given) => profiles.checkSettings(name, given),
    bindCluster: (planeId, clusterUid) => planes.bind(planeId, clusterUid),
    markInstalled: (planeId) => planes.markInstalled(planeId, new Date().toISOString()),
    markUninstalled: (planeId) => planes.markUninstalled(planeId, new Date().toISOString()),
  }
}
