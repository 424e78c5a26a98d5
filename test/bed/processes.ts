import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BedProblem } from './bed-problem.ts'
import { programPath } from './programs.ts'

export type Start = {
  readonly name: string
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** The programs of one bed. All of them end when this process does, however it ends. */
export type Processes = {
  start(start: Start): void
  /** Ends it at once and waits until it has gone. */
  kill(name: string): Promise<void>
  /** Ends all of them at once. */
  killAll(): Promise<void>
  /** The end of its log, for a message. */
  lastWords(name: string): Promise<string>
}

/** Where a program runs: in this process's namespaces, or in those of a bed's first process. */
export type Within = 'here' | { readonly initPid: number }

const restartAfterMs = 300
/** A program that ends more often than this has no chance. */
const restartLimit = 20
const lastWordsLength = 1_500

// Nothing of the person's environment: a proxy setting, for one, would redirect what the control plane says to itself.
const environment = (folder: string): Record<string, string> => ({
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: folder,
  HANGAR_BED: folder,
  ...(process.platform === 'win32' ? { SystemRoot: process.env.SystemRoot ?? '' } : {}),
})

type Held = { child: ChildProcess; gone: Promise<void>; wanted: boolean; restarts: number }

export const superviseProcesses = (folder: string, logs: string, within: Within): Processes => {
  const held = new Map<string, Held>()

  const commandOf = ({ program, args }: Start): readonly string[] =>
    within === 'here'
      ? [programPath('pause'), 'leash', program, ...args]
      : // Not `ip netns exec`: that mounts a new /sys, which hides the cgroups from the kubelet.
        ['nsenter', '-t', String(within.initPid), '-m', '-n', '-p', '--', program, ...args]

  const launch = (start: Start, restarts: number): void => {
    const log = openSync(join(logs, `${start.name}.log`), 'a', 0o600)
    const [command = '', ...args] = commandOf(start)
    const child = spawn(command, args, {
      env: { ...environment(folder), ...start.env },
      cwd: folder,
      // The leash ends its program when this pipe closes, which it does when this process ends.
      stdio: [within === 'here' ? 'pipe' : 'ignore', log, log],
    })
    closeSync(log)
    const gone = new Promise<void>((resolve) => {
      child.once('error', () => resolve())
      child.once('exit', () => resolve())
    })
    const entry: Held = { child, gone, wanted: true, restarts }
    held.set(start.name, entry)
    void gone.then(() => {
      if (!entry.wanted || held.get(start.name) !== entry || restarts >= restartLimit) return
      const timer = setTimeout(() => {
        if (entry.wanted && held.get(start.name) === entry) launch(start, restarts + 1)
      }, restartAfterMs)
      timer.unref()
    })
  }

  /** `nsenter -p` stays as the parent of what it started, and doesn't pass signals on. */
  const endProgram = async ({ child }: Held): Promise<void> => {
    if (within === 'here') {
      child.stdin?.destroy()
      return
    }
    const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').catch(() => '')
    const pids = children.trim() === '' ? [] : children.trim().split(' ').map(Number)
    for (const pid of pids) process.kill(pid, 'SIGKILL')
    if (pids.length === 0) child.kill('SIGKILL')
    // It stops itself when its program is stopped (SIGSTOP), and would then never see its end.
    else child.kill('SIGCONT')
  }

  const kill = async (name: string): Promise<void> => {
    const entry = held.get(name)
    if (!entry) return
    entry.wanted = false
    held.delete(name)
    if (entry.child.exitCode === null && entry.child.signalCode === null) {
      await endProgram(entry)
      await entry.gone
    }
  }

  return {
    start: (start) => {
      if (held.has(start.name)) throw new BedProblem(`${start.name} already runs.`)
      launch(start, 0)
    },
    kill,
    killAll: async () => {
      await Promise.all([...held.keys()].map(kill))
    },
    lastWords: async (name) => {
      const text = await readFile(join(logs, `${name}.log`), 'utf8').catch(() => '')
      return text.slice(-lastWordsLength)
    },
  }
}
