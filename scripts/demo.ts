import { randomBytes } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { explain } from '../main/fault.ts'
import { interruptSignal } from '../main/lib/interrupt.ts'
import { problemOf } from '../preload/contract/problem.ts'
import { bedPrograms } from '../test/bed/bed.ts'
import { programsOf } from '../test/bed/programs.ts'
import { startClusterDemo } from '../test/demo/cluster/demo-on-cluster.ts'
import { startDemoEnvironment } from '../test/demo/demo-environment.ts'
import { runJourney } from '../test/demo/journey.ts'
import type { DemoPlane } from '../test/demo/plane.ts'
import { openWindow } from '../test/demo/window.ts'
import { serverPrograms } from '../test/peers/peers.ts'
import { buildHelm, helmProgram } from './build-helm.ts'
import { type BuildProgress, buildPrograms, describeBuild } from './build-programs.ts'
import { makeDemoFolder } from './demo-folder.ts'
import { type DemoOptions, type GivenCluster, parseDemoOptions } from './demo-options.ts'
import { setUpMachine } from './set-up.ts'

/**
 * `npm run demo`: a real cluster on this machine with the servers that a private data plane connects to, and Hangar.
 * `--headless` runs the whole journey without a window; `--network cilium` uses Cilium as the cluster's network.
 * `--context NAME` uses a cluster that is already there, with the servers as its pods. Ctrl-C ends everything and leaves
 * nothing.
 */
const print = (sentence: string): void => console.error(sentence)
const stop = interruptSignal(['SIGINT', 'SIGTERM', 'SIGHUP'])

let options: DemoOptions
try {
  options = parseDemoOptions(process.argv.slice(2), process.env)
} catch (error) {
  print(explain(error))
  process.exit(2)
}
const folder = await makeDemoFolder()
const home = join(folder, 'home')
let code = 1
try {
  code = options.kind === 'own' ? await onOwnCluster(options.network) : await onGivenCluster(options)
} catch (error) {
  if (!stop.aborted) print(`The demo failed: ${explain(error)}`)
  const isUsage = problemOf(error)?.code === 'INPUT_INVALID' || problemOf(error)?.code === 'CONTEXT_UNKNOWN'
  if (isUsage) code = 2
} finally {
  await rm(folder, { recursive: true, force: true })
}
process.exit(stop.aborted ? 130 : code)

async function onOwnCluster(network: 'bridge' | 'cilium'): Promise<number> {
  setUpMachine(print)
  // All programs in one build, so that the estimate is for all of them.
  const programs = [helmProgram(), ...programsOf([...bedPrograms('real', network), ...serverPrograms])]
  const description = describeBuild(programs)
  if (description !== undefined) print(description)
  const build = { onProgress: ({ text }: BuildProgress): void => print(text), signal: stop }
  await buildPrograms(programs, build)
  await buildHelm(build)
  const demo = await startDemoEnvironment({ folder: join(folder, 'demo'), network, onProgress: print }, stop)
  try {
    return await show(demo)
  } finally {
    print('Stopping the cluster …')
    await demo.close()
  }
}

async function onGivenCluster({ context, kubeconfigs, images, yes }: GivenCluster): Promise<number> {
  // The one program that it needs on this computer.
  await buildHelm({ onProgress: ({ text }) => print(text), signal: stop })
  const demo = await startClusterDemo(
    {
      folder: join(folder, 'demo'),
      home,
      context,
      kubeconfigs,
      images,
      confirm: async (description) => {
        print(description)
        return yes || (await confirm('Change this cluster?'))
      },
      onProgress: print,
    },
    stop,
  )
  if (demo === undefined) {
    print('Nothing was changed.')
    return 2
  }
  try {
    return await show(demo)
  } finally {
    print('Removing the demo from the cluster …')
    const left = await demo.close()
    print(left.length === 0 ? 'Nothing of it is left but images.' : `The cluster keeps: ${left.join(', ')}.`)
  }
}

async function show(demo: DemoPlane): Promise<number> {
  const passphraseFile = join(folder, 'passphrase')
  await writeFile(passphraseFile, randomBytes(24).toString('base64url'), { mode: 0o600 })
  const run = options.headless ? runJourney : openWindow
  return await run({ demo, home, passphraseFile, print }, stop)
}

/** The default is no, also without a terminal. */
async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    print('There is no terminal to ask in. Use --yes to change the cluster without a question.')
    return false
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr, terminal: false })
  try {
    return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `, { signal: stop })).trim())
  } finally {
    prompt.close()
  }
}
