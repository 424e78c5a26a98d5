import { describe, expect, it } from 'vitest'
import { type Command, outputOption } from './command.ts'
import { parseArguments } from './parse.ts'

const look: Command = {
  name: 'look',
  usage: '[what]',
  summary: 'look at something',
  options: [
    { flags: '--from <place>', help: 'where from' },
    { flags: '--only <id>', help: 'may be repeated', repeatable: true },
    { flags: '--passphrase-file <file>', help: 'a file' },
    { flags: '--yes', help: 'do not ask' },
    outputOption(['table', 'json']),
  ],
  run: async () => 0,
}
const parse = (...argv: string[]) => parseArguments([look], argv, '1.2.3')

describe('the arguments of the terminal host', () => {
  it('name a command, what it works on and its options', () => {
    const parsed = parse(
      'look',
      'here',
      '--from',
      'there',
      '--only',
      'a',
      '--only',
      'b',
      '--passphrase-file=x',
      '--yes',
    )

    expect(parsed).toEqual({
      kind: 'run',
      command: look,
      args: ['here'],
      options: { from: 'there', only: ['a', 'b'], passphraseFile: 'x', yes: true, output: 'table' },
    })
  })

  it('start nothing of an earlier line in a later one', () => {
    parse('look', '--only', 'a')
    expect(parse('look')).toMatchObject({ options: { output: 'table' }, args: [] })
    expect(parse('look')).not.toHaveProperty('options.only')
  })

  it.each([
    [['--help'], /hangar \[options\] \[command\][\s\S]+look[\s\S]+Exit status: 0[\s\S]+HANGAR_HOME/],
    [['help'], /look at something/],
    [['look', '--help'], /--from <place>[\s\S]+choices: "table", "json",\s+default: "table"/],
    [[], /look at something/],
    [['--version'], /^1\.2\.3\n$/],
  ] as const)('%j only prints', (argv, text) => {
    expect(parse(...argv)).toEqual({ kind: 'text', text: expect.stringMatching(text) })
  })

  it.each([
    [['lok'], "unknown command 'lok' (Did you mean look?)"],
    [['look', '--form', 'x'], "unknown option '--form' (Did you mean --from?)"],
    [['look', '--from'], "option '--from <place>' argument missing."],
    [
      ['look', '--output', 'xml'],
      "option '--output <form>' argument 'xml' is invalid. Allowed choices are table, json.",
    ],
    [['look', 'a', 'b'], "too many arguments for 'look'. Expected 1 argument but got 2: a, b."],
    [['--nothing'], "unknown option '--nothing'."],
  ] as const)('%j is refused in one line', (argv, message) => {
    expect(() => parse(...argv)).toThrow(expect.objectContaining({ code: 'USAGE_INVALID', message }))
  })
})
