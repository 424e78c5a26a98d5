import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { build as buildAll } from 'electron-vite'
import { build } from 'vite'
import config from '../electron.vite.config.ts'
import { buildProbe } from './build-probe.ts'

/**
 * `node scripts/build.ts` builds the whole app into `out/`; `node scripts/build.ts window FOLDER` the window alone, into
 * an existing folder, as the browser host needs it in a checkout; `node scripts/build.ts probe FOLDER` the probe that runs
 * in pods.
 */
const root = join(import.meta.dirname, '..')
const [what, folder] = process.argv.slice(2)

if (what === 'window' && folder !== undefined) {
  const { renderer } = config
  const outDir = resolve(folder)
  await build({ ...renderer, configFile: false, logLevel: 'error', build: { ...renderer?.build, outDir } })
} else if (what === 'probe' && folder !== undefined) {
  await buildProbe(resolve(folder))
} else {
  await rm(join(root, 'out'), { recursive: true, force: true })
  await buildAll({ root, logLevel: 'warn' })
  await buildProbe(join(root, 'out', 'main'))
}
