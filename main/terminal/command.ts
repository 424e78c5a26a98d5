import { resolve } from 'node:path'
import type { Writable } from 'node:stream'
import type { App } from '../app.ts'
import type { Client } from '../router.ts'

/** 0: success. 1: failed checks or a failed operation. 2: could not run (arguments, file, context). */
export type ExitCode = 0 | 1 | 2

export type OutputForm = 'table' | 'json' | 'ndjson' | 'markdown' | 'html' | 'junit' | 'diff' | 'yaml'

/** The environment of a command. Results go to `stdout`, everything else to `stderr`. */
export interface Terminal {
  readonly stdout: Writable
  readonly stderr: Writable
  readonly stdin: NodeJS.ReadStream
  /** Columns of the terminal; undefined if stdout is not a terminal. */
  readonly columns: number | undefined
  /** The core, started on first use. */
  app(): Promise<App>
  client(): Promise<Client>
}

/** An option, for the parser and the help. It takes a text if its flags contain `<value>`. */
export interface OptionSpec {
  readonly flags: string
  readonly help: string
  readonly initial?: string
  readonly choices?: readonly string[]
  /** Can be given more than once; the values are a list. */
  readonly repeatable?: true
}

/** Parsed values, by the option's long name in camel case. */
export interface OptionValues {
  readonly [name: string]: string | readonly string[] | boolean | undefined
}

/** A command, for the parser and the help. Parsing only validates; `run` does the work. */
export interface Command {
  readonly name: string
  /** Positional arguments, in commander's syntax. */
  readonly usage?: string
  readonly summary: string
  readonly options: readonly OptionSpec[]
  run(terminal: Terminal, args: readonly string[], options: OptionValues, signal: AbortSignal): Promise<ExitCode>
}

/** The value of a text option; undefined if it was not given. */
export function text(options: OptionValues, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}

/** The values of a repeatable option; empty if it was not given. */
export function texts(options: OptionValues, name: string): readonly string[] {
  const value = options[name]
  return Array.isArray(value) ? value : []
}

export const outputOption = (forms: readonly OutputForm[]): OptionSpec => ({
  flags: '--output <form>',
  help: 'output format',
  initial: 'table',
  choices: forms,
})

/** The options of every command that uses a cluster. */
export const kubeconfigOptions: readonly OptionSpec[] = [
  { flags: '--kubeconfig <file>', help: 'this kubeconfig instead of KUBECONFIG or ~/.kube/config' },
  {
    flags: '--trust-exec <file>',
    help: 'allow what this kubeconfig demands, such as its credential programs, or this helm, for this command only',
    repeatable: true,
  },
]

/** The files of `--trust-exec`, absolute. */
export const trustedFiles = (options: OptionValues): string[] =>
  texts(options, 'trustExec').map((file) => resolve(file))

export const formOf = (options: OptionValues): OutputForm => (text(options, 'output') ?? 'table') as OutputForm // the parser accepts only the choices
