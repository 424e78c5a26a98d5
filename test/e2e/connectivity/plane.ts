import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConnectivityReport } from '../../../preload/contract/connectivity.ts'
import { buildHelm } from '../../../scripts/build-helm.ts'
import { missingPrograms } from '../../bed/programs.ts'
import { type DemoEnvironment, startDemoEnvironment } from '../../demo/demo-environment.ts'
import { type CommandResult, hangar } from '../../demo/hangar.ts'

/** Whether a bed can use Cilium: it is built already, or the long tests have the time to build it. */
export const mayHaveCilium = missingPrograms(['cilium']).length === 0 || process.env.HANGAR_LONG === '1'
/** The time limit of `beforeAll`: Cilium may have to be built. */
export const installLimitMs = process.env.HANGAR_LONG === '1' ? 1_500_000 : 300_000

/** The demo plane, installed on a real cluster, with its servers. */
export interface InstalledPlane {
  readonly demo: DemoEnvironment
  /** The environment of a Hangar process that uses this plane. */
  readonly environment: Readonly<Record<string, string>>
  /** Runs `hangar` on the plane; `within` is a command prefix. */
  run(args: readonly string[], within?: readonly string[]): Promise<CommandResult>
  /** `hangar check` with these arguments. */
  check(args: readonly string[], within?: readonly string[]): Promise<ConnectivityReport>
  /** Stops everything. */
  close(): Promise<void>
}

const commandLimitMs = 120_000

/** Takes about a minute. `environment`: where to find a keychain; absent: a passphrase opens the vault. */
export async function installPlane(
  network: 'cilium' | 'bridge',
  environment: Readonly<Record<string, string>> = {},
): Promise<InstalledPlane> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-plane-'))
  // The servers run until this is aborted; each wait has its own limit.
  const life = new AbortController()
  let demo: DemoEnvironment | undefined
  const close = async (): Promise<void> => {
    await demo?.close()
    life.abort()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    await buildHelm()
    demo = await startDemoEnvironment({ folder: join(folder, 'demo'), network }, life.signal)
    const passphraseFile = join(folder, 'passphrase')
    await writeFile(passphraseFile, randomBytes(24).toString('base64url'), { mode: 0o600 })
    const processEnvironment = {
      DBUS_SESSION_BUS_ADDRESS: 'disabled:',
      ...environment,
      HANGAR_HOME: join(folder, 'home'),
      KUBECONFIG: demo.kubeconfig,
    }
    const run = (args: readonly string[], within: readonly string[] = []): Promise<CommandResult> =>
      hangar([...args, '--profile', 'demo'], processEnvironment, AbortSignal.timeout(commandLimitMs), undefined, within)
    const opened = ['--passphrase-file', passphraseFile]
    const check = async (args: readonly string[], within: readonly string[] = []): Promise<ConnectivityReport> => {
      const { stdout, stderr } = await run(['check', ...args, ...opened, '--output', 'json'], within)
      if (stdout === '') throw new Error(stderr)
      return JSON.parse(stdout)
    }
    const files = ['--values', demo.valuesFile, '--credentials', demo.credentialsFile]
    const installed = await run(['install', '--yes', ...files, ...opened])
    if (installed.code !== 0) throw new Error(`The plane could not be installed: ${installed.stderr}`)
    return { demo, environment: processEnvironment, run, check, close }
  } catch (error) {
    await close()
    throw error
  }
}
