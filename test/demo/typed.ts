import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cacheRoot } from '../../scripts/build-programs.ts'

const pollMs = 50
const addressForm = /http:\/\/127\.[\d.]+:\d+\/#token=\S+(?=\n)/
const root = join(import.meta.dirname, '..', '..')

/** A clean clone of this tree on a computer that never ran Hangar: no `out/`, no state folder, no display. */
export interface CleanClone {
  /** The checkout. */
  readonly folder: string
  /** The home folder of its user. */
  readonly home: string
  /** Paths below `folder`, apart from the committed ones and node_modules. */
  added(): Promise<string[]>
  /** The files left in the temporary folder of its user. */
  temporary(): Promise<string[]>
  /** Removes what commands have built or stored. */
  reset(): Promise<void>
  /** Runs a command line in its own process group, as a terminal does. */
  type(commandLine: string): Typed
  remove(): Promise<void>
}

interface Typed {
  /** The output so far, of both streams. */
  output(): string
  /** Resolves once the command has printed the text. Throws with its output if it ends before, or after `limitMs`. */
  printed(text: string, limitMs: number): Promise<void>
  /** The address that the command prints. Throws as `printed` does. */
  address(limitMs: number): Promise<string>
  /** Ctrl-C: a terminal sends SIGINT to the whole process group. Resolves with the exit code. */
  interrupt(limitMs: number): Promise<number | null>
  /** Its descendant processes that still run. */
  processes(): Promise<{ readonly pid: number; readonly command: string }[]>
}

export async function cleanClone(): Promise<CleanClone> {
  const base = await mkdtemp(join(tmpdir(), 'hangar-clone-'))
  const [folder, home, temporary, programs] = ['clone', 'home', 'tmp', 'bin'].map((name) => join(base, name)) as [
    string,
    string,
    string,
    string,
  ] // one for each name
  const { stdout, status } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  })
  if (status !== 0) throw new Error('The files of this tree could not be listed: it is not a git checkout.')
  const files = stdout.split('\0').filter((file) => file !== '')
  await Promise.all([folder, home, temporary, programs].map((each) => mkdir(each)))
  for (const file of files) {
    await mkdir(join(folder, dirname(file)), { recursive: true })
    await cp(join(root, file), join(folder, file)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error // deleted, and not committed yet
    })
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  // The system's browser would use up the single-use address.
  await writeFile(join(programs, 'xdg-open'), '#!/bin/sh\n')
  await chmod(join(programs, 'xdg-open'), 0o755)

  const mark = `HANGAR_TYPED=${base}`
  const environment = {
    ...process.env,
    HANGAR_TYPED: base,
    HOME: home,
    TMPDIR: temporary,
    PATH: `${programs}:${process.env.PATH}`,
    HANGAR_CACHE: cacheRoot(),
    HANGAR_HOME: undefined,
    XDG_DATA_HOME: undefined,
    XDG_CACHE_HOME: undefined,
    DISPLAY: undefined,
    WAYLAND_DISPLAY: undefined,
    KUBECONFIG: undefined,
    DBUS_SESSION_BUS_ADDRESS: 'disabled:',
    NO_COLOR: '1',
    npm_config_cache: join(base, 'npm'),
    npm_config_update_notifier: 'false',
    // Set by the vitest that runs this.
    VITEST: undefined,
    NODE_ENV: undefined,
    NODE_OPTIONS: undefined,
  }
  return {
    folder,
    home,
    added: async () => {
      const known = new Set(files)
      const all = await readdir(folder, { recursive: true, withFileTypes: true })
      return all
        .filter((entry) => !entry.isDirectory() && entry.name !== 'node_modules')
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .filter((file) => !known.has(file))
    },
    // npm stores its compiled code there.
    temporary: async () => (await readdir(temporary)).filter((name) => name !== 'node-compile-cache'),
    reset: async () => {
      for (const each of [join(folder, 'out'), home, temporary]) await rm(each, { recursive: true, force: true })
      for (const each of [home, temporary]) await mkdir(each)
    },
    type: (commandLine) => typeCommand(commandLine, folder, environment, mark),
    remove: () => rm(base, { recursive: true, force: true }),
  }
}

function typeCommand(commandLine: string, cwd: string, env: NodeJS.ProcessEnv, mark: string): Typed {
  const [program = '', ...args] = commandLine.split(' ')
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : null))
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
  const waitFor = async (find: () => string | undefined, limitMs: number): Promise<string> => {
    const untilMs = performance.now() + limitMs
    for (;;) {
      const found = find()
      if (found !== undefined) return found
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`"${commandLine}" ended with ${child.exitCode ?? child.signalCode}:\n${printed}`)
      if (performance.now() > untilMs) throw new Error(`After ${limitMs} ms "${commandLine}" printed only:\n${printed}`)
      await sleep(pollMs)
    }
  }
  return {
    output: () => printed,
    async printed(text, limitMs) {
      await waitFor(() => (printed.includes(text) ? text : undefined), limitMs)
    },
    address: (limitMs) => waitFor(() => addressForm.exec(printed)?.[0], limitMs),
    async interrupt(limitMs) {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, 'SIGINT')
      const late = sleep(limitMs, undefined, { ref: false }).then(() => {
        throw new Error(`"${commandLine}" did not end within ${limitMs} ms of Ctrl-C:\n${printed}`)
      })
      return Promise.race([ended, late])
    },
    async processes() {
      const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
      const read = (pid: string, file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
      const found = await Promise.all(
        pids.map(async (pid) => {
          const isOurs = (await read(pid, 'environ')).split('\0').includes(mark)
          return isOurs
            ? [{ pid: Number(pid), command: (await read(pid, 'cmdline')).replaceAll('\0', ' ').trim() }]
            : []
        }),
      )
      return found.flat()
    },
  }
}
