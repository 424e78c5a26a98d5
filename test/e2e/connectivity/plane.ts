import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConnectivityReport } from '../../../preload/contract/connectivity.ts'
import { buildHelm } from '../../../scripts/build-helm.ts'
import { missingPrograms } from '../../bed/programs.ts'
import { type CommandResult, hangar } from '../../demo/hangar.ts'
import { type DemoWorld, startDemoWorld } from '../../demo/world.ts'

/** Whether a bed may have Cilium, which takes long to build: it is there, or there is time. */
export const mayHaveCilium = missingPrograms(['cilium']).length === 0 || process.env.HANGAR_LONG === '1'
/** Of a suite's beginning: Cilium may have to be built. */
export const installLimitMs = process.env.HANGAR_LONG === '1' ? 1_500_000 : 300_000

/** The demo plane, installed on a real cluster, with its servers. */
export interface InstalledPlane {
  readonly world: DemoWorld
  /** For whoever runs Hangar on it. */
  readonly environment: Readonly<Record<string, string>>
  /** Runs `hangar` on the plane; `within` stands before it. */
  run(args: readonly string[], within?: readonly string[]): Promise<CommandResult>
  /** `hangar check` with these arguments. */
  check(args: readonly string[], within?: readonly string[]): Promise<ConnectivityReport>
  /** Ends all of it. */
  close(): Promise<void>
}

const commandLimitMs = 120_000

/** Takes about a minute. `environment`: where to find a keychain; absent: a passphrase opens the vault. */
export async function installPlane(
  network: 'cilium' | 'bridge',
  environment: Readonly<Record<string, string>> = {},
): Promise<InstalledPlane> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-plane-'))
  // The servers live as long as this signal; each wait has a limit of its own.
  const life = new AbortController()
  let world: DemoWorld | undefined
  const close = async (): Promise<void> => {
    await world?.close()
    life.abort()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    await buildHelm()
    world = await startDemoWorld({ folder: join(folder, 'world'), network }, life.signal)
    const passphraseFile = join(folder, 'passphrase')
    await writeFile(passphraseFile, randomBytes(24).toString('base64url'), { mode: 0o600 })
    const own = {
      DBUS_SESSION_BUS_ADDRESS: 'disabled:',
      ...environment,
      HANGAR_HOME: join(folder, 'home'),
      KUBECONFIG: world.kubeconfig,
    }
    const run = (args: readonly string[], within: readonly string[] = []): Promise<CommandResult> =>
      hangar([...args, '--profile', 'demo'], own, AbortSignal.timeout(commandLimitMs), undefined, within)
    const opened = ['--passphrase-file', passphraseFile]
    const check = async (args: readonly string[], within: readonly string[] = []): Promise<ConnectivityReport> => {
      const { stdout, stderr } = await run(['check', ...args, ...opened, '--output', 'json'], within)
      if (stdout === '') throw new Error(stderr)
      return JSON.parse(stdout)
    }
    const files = ['--values', world.valuesFile, '--credentials', world.credentialsFile]
    const installed = await run(['install', '--yes', ...files, ...opened])
    if (installed.code !== 0) throw new Error(`The plane could not be installed: ${installed.stderr}`)
    return { world, environment: own, run, check, close }
  } catch (error) {
    await close()
    throw error
  }
}
