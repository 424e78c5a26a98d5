import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

/** A separate keychain for a test: a session bus and a gnome-keyring with their state in a temporary folder. */
export interface Keyring {
  /** For child processes, or for this one before its first call to the keychain. */
  readonly environment: Readonly<Record<string, string>>
  stop(): Promise<void>
}

const programs = ['/usr/bin/dbus-daemon', '/usr/bin/dbus-send', '/usr/bin/gnome-keyring-daemon']

/** Why this machine cannot run one; undefined where it can. */
export const noKeyring: string | undefined = programs.every((program) => existsSync(program))
  ? undefined
  : 'no gnome-keyring or dbus (Debian: gnome-keyring dbus)'

export async function startKeyring(): Promise<Keyring> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-keyring-'))
  const children: ChildProcess[] = []
  const stop = async (): Promise<void> => {
    for (const child of children.splice(0).reverse()) {
      if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit')
    }
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const places = {
      XDG_RUNTIME_DIR: join(folder, 'run'),
      XDG_DATA_HOME: join(folder, 'data'),
      XDG_CONFIG_HOME: join(folder, 'config'),
      XDG_CACHE_HOME: join(folder, 'cache'),
    }
    for (const place of Object.values(places)) await mkdir(place, { mode: 0o700 })
    const own = { ...process.env, ...places, HOME: folder }
    const bus = spawn('dbus-daemon', ['--session', '--nofork', '--nopidfile', '--print-address=1'], {
      env: own,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    children.push(bus)
    const [address] = await once(createInterface(bus.stdout), 'line')
    // Clients of the keychain need only the bus; the other folders are for the keyring.
    const environment = { DBUS_SESSION_BUS_ADDRESS: String(address) }
    const keyring = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
      env: { ...own, ...environment },
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    children.push(keyring)
    keyring.stdin.end(randomBytes(16).toString('hex'))
    await servesSecrets({ ...own, ...environment })
    return { environment, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const startLimitMs = 20_000

/** Resolves once a program on the bus owns the name of the secret service (Secret Service API, freedesktop.org). */
async function servesSecrets(env: NodeJS.ProcessEnv): Promise<void> {
  const question = [
    '--session',
    '--print-reply',
    '--dest=org.freedesktop.DBus',
    '/',
    'org.freedesktop.DBus.NameHasOwner',
    'string:org.freedesktop.secrets',
  ]
  const signal = AbortSignal.timeout(startLimitMs)
  for (;;) {
    const { stdout } = await promisify(execFile)('dbus-send', question, { env, signal })
    if (stdout.includes('boolean true')) return
    await delay(50, undefined, { signal })
  }
}
