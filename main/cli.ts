import { homedir } from 'node:os'
import { ORPCError } from '@orpc/client'
import { Problem } from '../preload/contract/problem.ts'
import type { App } from './app.ts'
import { faultMessage, systemHint, writeFault } from './fault.ts'
import { homeFolder, version } from './home.ts'
import { interruptSignal } from './lib/interrupt.ts'
import { allowListCommand } from './terminal/allow-list.ts'
import { checkCommand } from './terminal/check.ts'
import { type Command, type ExitCode, type Terminal, text } from './terminal/command.ts'
import { demoCommand } from './terminal/demo.ts'
import { readText } from './terminal/input.ts'
import { installCommand, planCommand, preflightCommand, resumeCommand, uninstallCommand } from './terminal/install.ts'
import { contextsCommand, profilesCommand, schemaCommand } from './terminal/lists.ts'
import { logsCommand } from './terminal/logs.ts'
import { parseArguments } from './terminal/parse.ts'
import { refuseUnknownNames } from './terminal/plane.ts'
import { say } from './terminal/print.ts'
import { proxyCommand } from './terminal/proxy.ts'
import { runsCommand } from './terminal/runs.ts'
import { serveCommand } from './terminal/serve.ts'
import { statusCommand } from './terminal/status.ts'

/** The terminal host: the same procedures as the window's, called directly. */
const commands: readonly Command[] = [
  checkCommand,
  allowListCommand,
  proxyCommand,
  runsCommand,
  preflightCommand,
  planCommand,
  installCommand,
  resumeCommand,
  statusCommand,
  logsCommand,
  uninstallCommand,
  profilesCommand,
  contextsCommand,
  schemaCommand,
  serveCommand,
  demoCommand,
]

/** Runs one command line; resolves with its exit status. */
export async function runCommandLine(
  argv: readonly string[],
  streams: Pick<Terminal, 'stdout' | 'stderr' | 'stdin'>,
  signal: AbortSignal,
): Promise<ExitCode> {
  let app: Promise<App> | undefined
  try {
    const parsed = parseArguments(commands, argv, version)
    if (parsed.kind === 'text') {
      streams.stdout.write(parsed.text)
      return 0
    }
    const kubeconfig = text(parsed.options, 'kubeconfig')
    // In KUBECONFIG a file that is not there is passed over, as kubectl does; one that is named here must be there.
    if (kubeconfig !== undefined) await readText(kubeconfig)
    const open = (): Promise<App> => {
      app ??= import('./app.ts').then(({ createApp }) =>
        createApp({
          home: homeFolder(process.env, process.platform, homedir()),
          host: 'terminal',
          stateless: text(parsed.options, 'endpoints') !== undefined,
          kubeconfig,
        }),
      )
      return app
    }
    const terminal: Terminal = {
      ...streams,
      columns: process.stdout.columns || undefined,
      app: open,
      client: async () => (await open()).client,
    }
    await refuseUnknownNames(terminal, parsed.options)
    return await parsed.command.run(terminal, parsed.args, parsed.options, signal)
  } catch (error) {
    return await report(error, streams.stderr, signal)
  } finally {
    await (await app?.catch(() => undefined))?.close()
  }
}

/** One line that says why, and one that says what now. Codes that mean "it ran and failed" exit with 1. */
async function report(error: unknown, stderr: Terminal['stderr'], signal: AbortSignal): Promise<ExitCode> {
  const sayTo = (sentence: string): void => say({ stderr } as Terminal, sentence) // say writes to stderr alone
  if (signal.aborted) {
    sayTo('hangar: cancelled.')
    return 1
  }
  if (error instanceof Problem) {
    sayTo(`hangar: ${error.code}: ${error.message} ${error.hint}`)
    return ranAndFailed.has(error.code) ? 1 : 2
  }
  if (error instanceof ORPCError) {
    const issues = error.code === 'BAD_REQUEST' ? inputIssues(error.data) : ''
    const hint = typeof error.data?.hint === 'string' ? error.data.hint : ''
    sayTo(`hangar: ${error.code}: ${error.message}${issues} ${hint}`.trimEnd())
    return ranAndFailed.has(error.code) ? 1 : 2
  }
  const hint = systemHint(error)
  if (hint !== undefined) {
    sayTo(`hangar: ${faultMessage(error)} ${hint}`)
    return 2
  }
  const file = await writeFault(homeFolder(process.env, process.platform, homedir()), version, error)
  const details = file === undefined ? '' : ` The details are in ${file}.`
  sayTo(`hangar: INTERNAL: ${faultMessage(error)} This is a fault in Hangar: please report it.${details}`)
  return 1
}

const ranAndFailed: ReadonlySet<string> = new Set([
  'HELM_FAILED',
  'PREFLIGHT_FAILED',
  'STEP_TIMED_OUT',
  'STEP_REPEATED',
  'INTERNAL',
  'CANCELLED',
  'TIMED_OUT',
])

function inputIssues(data: unknown): string {
  const issues: unknown = typeof data === 'object' && data !== null && 'issues' in data ? data.issues : undefined
  if (!Array.isArray(issues)) return ''
  const [first] = issues
  const path = Array.isArray(first?.path) ? first.path.join('.') : ''
  return ` (${path}: ${String(first?.message)})`
}

/** How long a cancelled command may take to say where it stands before a second Ctrl-C is not needed any more. */
const graceMs = 20_000

/** The process: signals in, exit status out. The first Ctrl-C cancels, the second one ends at once. */
export async function main(): Promise<void> {
  const cancel = interruptSignal(['SIGINT', 'SIGTERM'], () => process.exit(130))
  cancel.addEventListener('abort', () => setTimeout(() => process.exit(1), graceMs).unref())
  // A pager that was closed is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2))
  const { stdout, stderr, stdin } = process
  stderr.on('error', () => undefined)
  process.exitCode = await runCommandLine(process.argv.slice(2), { stdout, stderr, stdin }, cancel)
  // Where pipes are written in the background (Windows, macOS), an exit at once would lose some of the output.
  await Promise.all([stdout, stderr].map((stream) => new Promise<void>((written) => stream.write('', () => written()))))
  // Whatever still holds the loop open (a keychain's connection, a keep-alive socket) must not hold the person.
  process.exit()
}
