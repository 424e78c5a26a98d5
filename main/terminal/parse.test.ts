import { describe, expect, it } from 'vitest'
import { type Command, outputOption } from './command.ts'
import { parseArguments } from './parse.ts'

const scan: Command = {
  name: 'scan',
  usage: '[target]',
  summary: 'scan a target',
  options: [
    { flags: '--from <place>', help: 'where from' },
    { flags: '--only <id>', help: 'can be repeated', repeatable: true },
    { flags: '--passphrase-file <file>', help: 'a file' },
    { flags: '--yes', help: 'do not ask' },
    outputOption(['table', 'json']),
  ],
  run: async () => 0,
}
const parse = (...argv: string[]) => parseArguments([scan], argv, '1.2.3')

describe('command-line arguments', () => {
  it('name a command, its argument and its options', () => {
    const parsed = parse(
      'scan',
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
      command: scan,
      args: ['here'],
      options: { from: 'there', only: ['a', 'b'], passphraseFile: 'x', yes: true, output: 'table' },
    })
  })

  it('can be several for a command', () => {
    const move: Command = { ...scan, name: 'move', usage: '[from] [to]' }

    expect(parseArguments([move], ['move', 'here', 'there'], '1.2.3')).toMatchObject({ args: ['here', 'there'] })
    expect(() => parseArguments([move], ['move', 'a', 'b', 'c'], '1.2.3')).toThrow('too many arguments')
  })

  it('keep no values of an earlier command line', () => {
    parse('scan', '--only', 'a')
    expect(parse('scan')).toMatchObject({ options: { output: 'table' }, args: [] })
    expect(parse('scan')).not.toHaveProperty('options.only')
  })

  it.each([
    [['--help'], /hangar \[options\] \[command\][\s\S]+scan[\s\S]+Exit status: 0[\s\S]+HANGAR_HOME/],
    [['help'], /scan a target/],
    [['scan', '--help'], /--from <place>[\s\S]+choices: "table", "json",\s+default:\s+"table"/],
    [[], /scan a target/],
    [['--version'], /^1\.2\.3\n$/],
  ] as const)('%j print a text', (argv, text) => {
    expect(parse(...argv)).toEqual({ kind: 'text', text: expect.stringMatching(text) })
  })

  it.each([
    [['scn'], "unknown command 'scn' (Did you mean scan?)"],
    [['scan', '--form', 'x'], "unknown option '--form' (Did you mean --from?)"],
    [['scan', '--from'], "option '--from <place>' argument missing."],
    [
      ['scan', '--output', 'xml'],
      "option '--output <form>' argument 'xml' is invalid. Allowed choices are table, json.",
    ],
    [['scan', 'a', 'b'], "too many arguments for 'scan'. Expected 1 argument but got 2: a, b."],
    [['--nothing'], "unknown option '--nothing'."],
  ] as const)('%j are rejected with an error on one line', (argv, message) => {
    expect(() => parse(...argv)).toThrow(expect.objectContaining({ code: 'USAGE_INVALID', message }))
  })
})
