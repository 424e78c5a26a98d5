import type { Writable } from 'node:stream'
import type { App } from '../app.ts'
import type { Client } from '../router.ts'

/** 0: did it and nothing failed. 1: it ran and something failed. 2: could not run (arguments, file, context). */
export type ExitCode = 0 | 1 | 2

export type OutputForm = 'table' | 'json' | 'ndjson' | 'markdown' | 'html' | 'junit'

/** What a command works with. Results go to `stdout` alone; everything else to `stderr`. */
export interface Terminal {
  readonly stdout: Writable
  readonly stderr: Writable
  readonly stdin: NodeJS.ReadStream
  /** Columns of the terminal; undefined where stdout is none. */
  readonly columns: number | undefined
  /** The core, made on first use: a command that needs none starts none. */
  app(): Promise<App>
  client(): Promise<Client>
}

/** An option as parser and help read it. One with `<value>` in its flags takes text. */
export interface OptionSpec {
  readonly flags: string
  readonly help: string
  readonly initial?: string
  readonly choices?: readonly string[]
  /** May be given more than once; its values come as a list. */
  readonly repeatable?: true
}

/** Values as the parser gives them, by their long name in camel case. */
export interface OptionValues {
  readonly [name: string]: string | readonly string[] | boolean | undefined
}

/** A row of the table that parser and help read. Parsing only validates; `run` starts the work. */
export interface Command {
  readonly name: string
  /** Positional arguments, as commander writes them. */
  readonly usage?: string
  readonly summary: string
  readonly options: readonly OptionSpec[]
  run(terminal: Terminal, args: readonly string[], options: OptionValues, signal: AbortSignal): Promise<ExitCode>
}

/** One text option; undefined where it was not given. */
export function text(options: OptionValues, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}

/** A repeatable option's values; empty where it was not given. */
export function texts(options: OptionValues, name: string): readonly string[] {
  const value = options[name]
  return Array.isArray(value) ? value : []
}

export const outputOption = (forms: readonly OutputForm[]): OptionSpec => ({
  flags: '--output <form>',
  help: 'how results are printed',
  initial: 'table',
  choices: forms,
})

export const formOf = (options: OptionValues): OutputForm => (text(options, 'output') ?? 'table') as OutputForm // the parser allows the choices alone
