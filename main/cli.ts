import { homedir } from 'node:os'
import { ORPCError } from '@orpc/client'
import { problemOf } from '../preload/contract/problem.ts'
import type { App } from './app.ts'
import { faultMessage, systemHint, writeFault } from './fault.ts'
import { homeFolder, version } from './home.ts'
import { interruptSignal } from './lib/interrupt.ts'
import { activityCommand } from './terminal/activity.ts'
import { allowListCommand } from './terminal/allow-list.ts'
import { checkCommand } from './terminal/check.ts'
import { type Command, type ExitCode, type Terminal, text, trustedFiles } from './terminal/command.ts'
import { connectCommand } from './terminal/connect.ts'
import { demoCommand } from './terminal/demo.ts'
import { readText } from './terminal/input.ts'
import { applyCommand, installCommand, planCommand, resumeCommand, uninstallCommand } from './terminal/install.ts'
import { kitCommand } from './terminal/kit.ts'
import { contextsCommand, profilesCommand, schemaCommand } from './terminal/lists.ts'
import { logsCommand } from './terminal/logs.ts'
import { operationsCommand } from './terminal/operations.ts'
import { parseArguments } from './terminal/parse.ts'
import { refuseUnknownNames } from './terminal/plane.ts'
import { preflightCommand } from './terminal/preflight.ts'
import { printableStream, printMessage } from './terminal/print.ts'
import { profileCommand } from './terminal/profile.ts'
import { proxyCommand } from './terminal/proxy.ts'
import { reachPlanes } from './terminal/reach.ts'
import { runsCommand } from './terminal/runs.ts'
import { serveCommand } from './terminal/serve.ts'
import { setContextCommand } from './terminal/set-context.ts'
import { statusCommand } from './terminal/status.ts'
import { askConsent, askProgram, trustCommand } from './terminal/trust.ts'
import { valuesCommand } from './terminal/values.ts'
import { vaultCommand } from './terminal/vault.ts'

/** The terminal host. It calls the procedures that the window uses, directly. */
export const commands: readonly Command[] = [
  checkCommand,
  allowListCommand,
  proxyCommand,
  runsCommand,
  preflightCommand,
  valuesCommand,
  planCommand,
  applyCommand,
  installCommand,
  resumeCommand,
  operationsCommand,
  statusCommand,
  activityCommand,
  logsCommand,
  uninstallCommand,
  connectCommand,
  profilesCommand,
  profileCommand,
  kitCommand,
  contextsCommand,
  setContextCommand,
  trustCommand,
  vaultCommand,
  schemaCommand,
  serveCommand,
  demoCommand,
]

/** Runs one command line; resolves with its exit status. */
export async function runCommandLine(
  argv: readonly string[],
  { stdout, stderr, stdin }: Pick<Terminal, 'stdout' | 'stderr' | 'stdin'>,
  signal: AbortSignal,
): Promise<ExitCode> {
  const streams = { stdout: printableStream(stdout), stderr: printableStream(stderr), stdin }
  let app: Promise<App> | undefined
  try {
    const parsed = parseArguments(commands, argv, version)
    if (parsed.kind === 'text') {
      streams.stdout.write(parsed.text)
      return 0
    }
    const kubeconfig = text(parsed.options, 'kubeconfig')
    // Missing files in KUBECONFIG are skipped, as kubectl does it. The file that --kubeconfig names must exist.
    if (kubeconfig !== undefined) await readText(kubeconfig)
    const open = (): Promise<App> => {
      app ??= import('./app.ts').then(({ createApp }) =>
        createApp({
          home: homeFolder(process.env, process.platform, homedir()),
          host: 'terminal',
          stateless: text(parsed.options, 'endpoints') !== undefined,
          kubeconfig,
          trustedFiles: trustedFiles(parsed.options),
          askConsent: (name, consent, until) => askConsent(terminal, name, consent, until),
          askProgram: (consent, until) => askProgram(terminal, consent, until),
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
    if (parsed.command !== setContextCommand && parsed.command !== serveCommand)
      await reachPlanes(terminal, parsed.options, signal)
    return await parsed.command.run(terminal, parsed.args, parsed.options, signal)
  } catch (error) {
    return await report(error, streams.stderr, signal)
  } finally {
    await (await app?.catch(() => undefined))?.close()
  }
}

/** Prints the error and what to do. Codes that mean that the command ran and failed exit with 1, others with 2. */
async function report(error: unknown, stderr: Terminal['stderr'], signal: AbortSignal): Promise<ExitCode> {
  const print = (text: string): void => printMessage({ stderr } as Terminal, text) // printMessage writes only to stderr
  if (signal.aborted) {
    print('hangar: cancelled.')
    return 1
  }
  const problem = problemOf(error)
  if (problem !== undefined) {
    print(`hangar: ${problem.code}: ${problem.message} ${problem.hint}`)
    return ranAndFailed.has(problem.code) ? 1 : 2
  }
  if (error instanceof ORPCError) {
    const issues = error.code === 'BAD_REQUEST' ? inputIssues(error.data) : ''
    const hint = typeof error.data?.hint === 'string' ? error.data.hint : ''
    print(`hangar: ${error.code}: ${error.message}${issues} ${hint}`.trimEnd())
    return ranAndFailed.has(error.code) ? 1 : 2
  }
  const hint = systemHint(error)
  if (hint !== undefined) {
    print(`hangar: ${faultMessage(error)} ${hint}`)
    return 2
  }
  const file = await writeFault(homeFolder(process.env, process.platform, homedir()), version, error)
  const details = file === undefined ? '' : ` The details are in ${file}.`
  print(`hangar: INTERNAL: ${faultMessage(error)} This is a bug in Hangar. Report it.${details}`)
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

/** How long a cancelled command can take to end before the process exits. */
const graceMs = 20_000

/** Runs the process. The first Ctrl-C cancels the command; the second one exits immediately. */
export async function main(): Promise<void> {
  const cancel = interruptSignal(['SIGINT', 'SIGTERM'], () => process.exit(130))
  cancel.addEventListener('abort', () => setTimeout(() => process.exit(1), graceMs).unref())
  // A closed pager is not a failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2))
  const { stdout, stderr, stdin } = process
  stderr.on('error', () => undefined)
  process.exitCode = await runCommandLine(process.argv.slice(2), { stdout, stderr, stdin }, cancel)
  // Windows and macOS write to pipes asynchronously: an immediate exit would lose output.
  await Promise.all([stdout, stderr].map((stream) => new Promise<void>((written) => stream.write('', () => written()))))
  // An open keychain connection or keep-alive socket must not delay the exit.
  process.exit()
}
