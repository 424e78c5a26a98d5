import { z } from 'zod'
import { procedure } from './problem.ts'

export const Settings = z.strictObject({
  theme: z.literal(['system', 'light', 'dark']).default('system'),
  /** The zone of the times that the window shows. `local`: that of this computer. */
  timeZone: z.literal(['local', 'utc']).default('local'),
  /** `bundled`: the helm that is bundled with Hangar. `path`: the one on the PATH, version 4.2.4 or later, unverified. */
  helm: z.literal(['bundled', 'path']).default('bundled'),
  /** Kubeconfig files in addition to KUBECONFIG and ~/.kube/config. `clusters` adds and removes them. */
  kubeconfigs: z.array(z.string()).default([]),
  /** Whether the desktop app shows notifications about changes that scheduled checks find. */
  notifications: z.boolean().default(true),
  /** Whether the vault is locked on idle and suspend. `automatic`: if a passphrase protects it, not if the keychain does. */
  vaultAutoLock: z.literal(['automatic', 'on', 'off']).default('automatic'),
  /** The time without a sign of the user after which the vault is locked. */
  vaultIdleMinutes: z.int().min(1).max(1_440).default(15),
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
  set: procedure.input(Settings.omit({ kubeconfigs: true }).partial()).output(Settings),
  about: procedure.output(About),
}
