import type { KitPorts } from '../install/kit/kit.ts'
import { createHelmFinder } from '../install/plan/install-session.ts'
import type { Core } from './core.ts'
import { installPorts } from './install-ports.ts'

/** What kits need of the core. */
export function kitPorts(core: Core): KitPorts {
  const { home, profiles } = core
  return {
    home,
    helm: createHelmFinder(installPorts(core)),
    profile: async (name) => {
      // Read once, so that the kit has the text that was parsed.
      const { text } = (await profiles.content(name)).content
      return { text, profile: await profiles.parse(name, text), ...(await profiles.foldersOf(name)) }
    },
    settings: async (name, settings) => {
      await profiles.checkSettings(name, settings)
      return await profiles.completeSettings(name, settings)
    },
    addProfile: (profile, replace) => (replace ? profiles.replace(profile) : profiles.add(profile)),
  }
}
