import type { KitPorts } from '../install/kit/kit.ts'
import { createHelmFinder } from '../install/plan/install-session.ts'
import { inParallel } from '../lib/concurrency/in-parallel.ts'
import type { Core } from './core.ts'
import { installPorts } from './install-ports.ts'

const dockerConfigKey = '.dockerconfigjson'

/** What kits need of the core. */
export function kitPorts(core: Core): KitPorts {
  const { home, profiles, vault } = core
  const ports = installPorts(core)
  return {
    home,
    helm: createHelmFinder(ports),
    profile: async (name) => {
      // Read once, so that the kit has the text that was parsed.
      const { text, roots } = (await profiles.content(name)).content
      return { text, roots, profile: await profiles.parse(name, text), ...(await profiles.foldersOf(name)) }
    },
    settings: async (name, settings) => {
      await profiles.checkSettings(name, settings)
      return await profiles.completeSettings(name, settings)
    },
    plane: async (planeId) => {
      await core.refuseChanged(planeId)
      const { profile, settings, overrides } = await ports.plane(planeId)
      return { profile, settings, overrides }
    },
    dockerConfigs: async (planeId) => {
      const { credentials } = (await core.approved(await core.plane(planeId))).profile
      const logins = credentials.filter(({ secret }) => secret.type === 'kubernetes.io/dockerconfigjson')
      const texts = await inParallel(logins, 1, ({ id }) => vault.secret(planeId, id, dockerConfigKey))
      return texts.flatMap((text) => text ?? [])
    },
    addProfile: (profile, replace) => (replace ? profiles.replace(profile) : profiles.add(profile)),
  }
}
