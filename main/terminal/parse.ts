import { CommanderError, Option, Command as Parser } from 'commander'
import { Problem } from '../../preload/contract/problem.ts'
import type { Command, OptionValues } from './command.ts'

/** What the arguments ask for. `text`: only to print something (help, the version). */
export type Parsed =
  | {
      readonly kind: 'run'
      readonly command: Command
      readonly args: readonly string[]
      readonly options: OptionValues
    }
  | { readonly kind: 'text'; readonly text: string }

/** Reads arguments against the table of commands. Pure: it prints nothing and starts nothing. Throws USAGE_INVALID. */
export function parseArguments(commands: readonly Command[], argv: readonly string[], version: string): Parsed {
  let parsed: Parsed | undefined
  let printed = ''
  let complaint = ''
  const write = {
    writeOut: (text: string) => {
      printed += text
    },
    writeErr: (text: string) => {
      complaint += text
    },
  }
  const program = new Parser('hangar')
    .description('Installs, checks, watches and reads a private data plane from your own machine.')
    .version(version)
    .exitOverride()
    .configureOutput(write)
    .addHelpText(
      'after',
      '\nExit status: 0 success; 1 failed checks or a failed operation; 2 could not run.\nHANGAR_HOME is the folder in which Hangar stores its state.',
    )
  for (const command of commands) {
    const sub = program
      .command(command.name)
      .summary(command.summary)
      .description(command.summary)
      .exitOverride()
      .configureOutput(write)
    if (command.usage !== undefined) sub.argument(command.usage)
    for (const { flags, help, initial, choices, repeatable } of command.options) {
      const option = new Option(flags, help)
      if (initial !== undefined) option.default(initial)
      if (choices !== undefined) option.choices([...choices])
      if (repeatable) option.argParser((value, earlier: string[] | undefined) => [...(earlier ?? []), value])
      sub.addOption(option)
    }
    sub.action(() => {
      parsed = { kind: 'run', command, args: sub.args, options: sub.opts() }
    })
  }
  try {
    program.parse([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { kind: 'text', text: printed }
    if (argv.length === 0) return { kind: 'text', text: program.helpInformation() }
    throw new Problem('USAGE_INVALID', sentenceOf(complaint || error.message))
  }
  return parsed ?? { kind: 'text', text: program.helpInformation() }
}

/** What the parser says, as one sentence on one line. */
function sentenceOf(complaint: string): string {
  const text = complaint
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')
  return /[.?)]$/.test(text) ? text : `${text}.`
}
