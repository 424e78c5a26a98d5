import { z } from 'zod'
import { procedure } from './problem.ts'

export const Settings = z.strictObject({
  theme: z.literal(['system', 'light', 'dark']).default('system'),
  /** `bundled`: the helm that Hangar was built with. `path`: the one on the PATH, from 4.2.4 on, shown as unverified. */
  helm: z.literal(['bundled', 'path']).default('bundled'),
  /** More kubeconfig files beside KUBECONFIG and ~/.kube/config. */
  kubeconfigs: z.array(z.string()).default([]),
  /** The desktop app shows the system's notifications, of what a watch found changed. */
  notifications: z.boolean().default(true),
})
export type Settings = z.infer<typeof Settings>

export const About = z.strictObject({
  version: z.string(),
  host: z.literal(['desktop', 'browser', 'terminal']),
  home: z.string(),
  runtime: z.string(),
  platform: z.string(),
})
export type About = z.infer<typeof About>

export const settings = {
  get: procedure.output(Settings),
  set: procedure.input(Settings.partial()).output(Settings),
  about: procedure.output(About),
}
