import type { Mutation } from './mutation.ts'
import { consent } from './protections/consent.ts'
import { desktop } from './protections/desktop.ts'
import { display } from './protections/display.ts'
import { files } from './protections/files.ts'
import { installs } from './protections/installs.ts'
import { kits } from './protections/kits.ts'
import { logs } from './protections/logs.ts'
import { mainProcess } from './protections/main-process.ts'
import { packaging } from './protections/packaging.ts'
import { page } from './protections/page.ts'
import { pods } from './protections/pods.ts'
import { portForward } from './protections/port-forward.ts'
import { profiles } from './protections/profiles.ts'
import { recovery } from './protections/recovery.ts'
import { serve } from './protections/serve.ts'
import { untrusted } from './protections/untrusted.ts'
import { vault } from './protections/vault.ts'

/**
 * Every protection of Hangar, with the test that fails when it is removed. A new protection needs an entry in the file of
 * its area; `npm run mutations -- ID` tests it.
 */
export const protections: readonly Mutation[] = [
  ...consent,
  ...desktop,
  ...display,
  ...files,
  ...installs,
  ...kits,
  ...logs,
  ...mainProcess,
  ...packaging,
  ...page,
  ...pods,
  ...portForward,
  ...recovery,
  ...untrusted,
  ...serve,
  ...profiles,
  ...vault,
]
