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

/** The programs of one bed. They end when this process ends for any reason. */
export type Processes = {
  start(start: Start): void
  /** Kills it and waits for its end. */
  kill(name: string): Promise<void>
  /** Kills all of them. */
  killAll(): Promise<void>
  /** The last lines of its log, for an error message. */
  logTail(name: string): Promise<string>
}

/** Where a program runs: in this process's namespaces, or in those of a bed's first process. */
export type Within = 'here' | { readonly initPid: number }

const restartAfterMs = 300
/** A program that ends more often than this is not restarted. */
const restartLimit = 20
const stderrTailLength = 1_500

// Nothing of the user's environment: a proxy setting would redirect the control plane's own connections.
const environment = (folder: string): Record<string, string> => ({
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: folder,
  HANGAR_BED: folder,
  ...(process.platform === 'win32' ? { SystemRoot: process.env.SystemRoot ?? '' } : {}),
})

type RunningProgram = { child: ChildProcess; ended: Promise<void>; shouldRun: boolean; restarts: number }

export const superviseProcesses = (folder: string, logs: string, within: Within): Processes => {
  const running = new Map<string, RunningProgram>()

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
      // `leash` ends its program when this pipe closes, which it does when this process ends.
      stdio: [within === 'here' ? 'pipe' : 'ignore', log, log],
    })
    closeSync(log)
    const ended = new Promise<void>((resolve) => {
      child.once('error', () => resolve())
      child.once('exit', () => resolve())
    })
    const entry: RunningProgram = { child, ended, shouldRun: true, restarts }
    running.set(start.name, entry)
    void ended.then(() => {
      if (!entry.shouldRun || running.get(start.name) !== entry || restarts >= restartLimit) return
      const timer = setTimeout(() => {
        if (entry.shouldRun && running.get(start.name) === entry) launch(start, restarts + 1)
      }, restartAfterMs)
      timer.unref()
    })
  }

  /** `nsenter -p` stays the parent of the program that it started, and forwards no signals. */
  const endProgram = async ({ child }: RunningProgram): Promise<void> => {
    if (within === 'here') {
      child.stdin?.destroy()
      return
    }
    const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').catch(() => '')
    const pids = children.trim() === '' ? [] : children.trim().split(' ').map(Number)
    for (const pid of pids) process.kill(pid, 'SIGKILL')
    if (pids.length === 0) child.kill('SIGKILL')
    // It stops itself when its program is stopped (SIGSTOP), and would then never notice that the program has ended.
    else child.kill('SIGCONT')
  }

  const kill = async (name: string): Promise<void> => {
    const entry = running.get(name)
    if (!entry) return
    entry.shouldRun = false
    running.delete(name)
    if (entry.child.exitCode === null && entry.child.signalCode === null) {
      await endProgram(entry)
      await entry.ended
    }
  }

  return {
    start: (start) => {
      if (running.has(start.name)) throw new BedProblem(`${start.name} is already running.`)
      launch(start, 0)
    },
    kill,
    killAll: async () => {
      await Promise.all([...running.keys()].map(kill))
    },
    logTail: async (name) => {
      const text = await readFile(join(logs, `${name}.log`), 'utf8').catch(() => '')
      return text.slice(-stderrTailLength)
    },
  }
}
