import { CommanderError, Option, Command as Parser } from 'commander'
import { Problem } from '../../preload/contract/problem.ts'
import type { Command, OptionValues } from './command.ts'

/** The parsed arguments. `text`: print the help or the version. */
export type Parsed =
  | {
      readonly kind: 'run'
      readonly command: Command
      readonly args: readonly string[]
      readonly options: OptionValues
    }
  | { readonly kind: 'text'; readonly text: string }

/** Parses the arguments of the commands. Prints nothing and starts nothing. Throws USAGE_INVALID. Pure. */
export function parseArguments(commands: readonly Command[], argv: readonly string[], version: string): Parsed {
  let parsed: Parsed | undefined
  let printed = ''
  let errorText = ''
  const write = {
    writeOut: (text: string) => {
      printed += text
    },
    writeErr: (text: string) => {
      errorText += text
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
    if (command.usage !== undefined) sub.arguments(command.usage)
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
    throw new Problem('USAGE_INVALID', sentenceOf(errorText || error.message))
  }
  return parsed ?? { kind: 'text', text: program.helpInformation() }
}

/** The parser's error as one sentence on one line. */
function sentenceOf(errorText: string): string {
  const text = errorText
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')
  return /[.?)]$/.test(text) ? text : `${text}.`
}
