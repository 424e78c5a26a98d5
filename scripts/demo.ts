import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { explain } from '../main/fault.ts'
import { interruptSignal } from '../main/lib/interrupt.ts'
import { bedPrograms } from '../test/bed/bed.ts'
import { programsOf } from '../test/bed/programs.ts'
import { startDemoEnvironment } from '../test/demo/demo-environment.ts'
import { runJourney } from '../test/demo/journey.ts'
import { openWindow } from '../test/demo/window.ts'
import { serverPrograms } from '../test/peers/peers.ts'
import { buildHelm, helmProgram } from './build-helm.ts'
import { type BuildProgress, buildPrograms, describeBuild } from './build-programs.ts'
import { setUpMachine } from './set-up.ts'

/**
 * `npm run demo`: a real cluster on this machine with the servers that a private data plane connects to, and Hangar.
 * `--headless` runs the whole journey without a window; `--network cilium` uses Cilium as the cluster's network. Ctrl-C
 * ends everything and leaves nothing.
 */
const { values } = parseArgs({
  options: { headless: { type: 'boolean', default: false }, network: { type: 'string', default: 'bridge' } },
})
const network = z.literal(['bridge', 'cilium']).safeParse(values.network)
if (!network.success) {
  console.error(`--network must be bridge or cilium, not "${values.network}".`)
  process.exit(2)
}
const print = (sentence: string): void => console.error(sentence)
const stop = interruptSignal(['SIGINT', 'SIGTERM', 'SIGHUP'])

const folder = await mkdtemp(join(tmpdir(), 'hangar-demo-'))
let code = 1
try {
  setUpMachine(print)
  // All programs in one build, so that the estimate is for all of them.
  const programs = [helmProgram(), ...programsOf([...bedPrograms('real', network.data), ...serverPrograms])]
  const description = describeBuild(programs)
  if (description !== undefined) print(description)
  const options = { onProgress: ({ text }: BuildProgress): void => print(text), signal: stop }
  await buildPrograms(programs, options)
  await buildHelm(options)
  const demo = await startDemoEnvironment(
    { folder: join(folder, 'demo'), network: network.data, onProgress: print },
    stop,
  )
  try {
    const passphraseFile = join(folder, 'passphrase')
    await writeFile(passphraseFile, randomBytes(24).toString('base64url'), { mode: 0o600 })
    const run = values.headless ? runJourney : openWindow
    code = await run({ demo, home: join(folder, 'home'), passphraseFile, print }, stop)
  } finally {
    print('Stopping the cluster …')
    await demo.close()
  }
} catch (error) {
  if (!stop.aborted) print(`The demo failed: ${explain(error)}`)
} finally {
  await rm(folder, { recursive: true, force: true })
}
process.exit(stop.aborted ? 130 : code)
