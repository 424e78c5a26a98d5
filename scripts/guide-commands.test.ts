import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commands } from '../main/cli.ts'
import { parseArguments } from '../main/terminal/parse.ts'
import { hints } from '../preload/contract/problem.ts'

const root = join(import.meta.dirname, '..')

interface Written {
  readonly where: string
  readonly line: string
}

/** The arguments of each `hangar` in a line of a shell, as POSIX shells split them; without variables and substitutions. */
function hangarCalls(line: string): readonly (readonly string[])[] {
  const calls: string[][] = []
  let call: string[] = []
  const end = (): void => {
    const at = call.indexOf('hangar')
    const isRun = at === 0 || call[0] === 'npx'
    if (at !== -1 && isRun) calls.push(call.slice(at + 1))
    call = []
  }
  for (const [token] of line.matchAll(/\s#.*$|\$\([^)]*\)|[|;&<>]+|(?:'[^']*'|"[^"]*"|[^\s'"|;&<>])+/g)) {
    if (/^\s#/.test(token)) break
    if (/^[|;&<>]/.test(token)) end()
    else call.push(token.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'))
  }
  end()
  return calls
}

/** Commands in code blocks and between backticks of our documents. */
function writtenIn(file: string): readonly Written[] {
  const [, ...blocks] = readFileSync(join(root, file), 'utf8').split(/^```/m)
  const code = blocks.filter((_, index) => index % 2 === 0).join('\n')
  const prose = readFileSync(join(root, file), 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '')
  const inBlocks = code.replaceAll(/\\\n\s*/g, ' ').split('\n')
  const inline = [...prose.matchAll(/`([^`\n]+)`|"(hangar [^"\n]+)"/g)].map(
    ([, ticked, quoted]) => ticked ?? quoted ?? '',
  )
  return [...inBlocks, ...inline].map((line) => ({ where: file, line: line.replace(/^\$ /, '') }))
}

/** Commands in the hints of errors and in the texts of the window. */
const inTexts: readonly Written[] = [
  ...Object.entries(hints).map(([where, hint]) => ({ where, text: hint })),
  ...globSync('renderer/strings/en/*.ts', { cwd: root }).map((where) => ({
    where,
    text: readFileSync(join(root, where), 'utf8'),
  })),
].flatMap(({ where, text }) =>
  [...text.matchAll(/["“`](hangar [^"”`]+)["”`]/g)].map(([, line = '']) => ({ where, line })),
)

/** A place that the reader fills in: `FILE`, `[QUERY]`, `FILE|-`. */
const isPlaceholder = (word: string): boolean => /^\[?[A-Z][A-Z_|]*\]?$/.test(word)

/** Why the terminal does not take such a call; empty: it does. A placeholder may stand for any of an option's choices. */
function refusal(args: readonly string[]): string {
  try {
    parseArguments(commands, args, '0.0.0')
    return ''
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const [, value = ''] = /argument '([^']*)' is invalid\. Allowed choices/.exec(message) ?? []
    return isPlaceholder(value) ? '' : message
  }
}

const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...globSync('docs/guide/*.md', { cwd: root })]
const written = [...documents.flatMap(writtenIn), ...inTexts]
const calls = written.flatMap(({ where, line }) =>
  hangarCalls(line.replaceAll(/\[(-[^\]]*)\]/g, '$1')).map((args) => ({ where, line, args })),
)

describe('the commands that people are told to run', () => {
  it('are found', () => {
    expect(hangarCalls("a | hangar logs parse - --output ndjson | jq 'x'; npx --no hangar check # why")).toEqual([
      ['logs', 'parse', '-', '--output', 'ndjson'],
      ['check'],
    ])
    expect(calls.length).toBeGreaterThan(150)
    expect(refusal(['check', '--form', 'x'])).toContain("unknown option '--form'")
  })

  it('are commands and options that the terminal has', () => {
    const refused = calls.map(({ where, line, args }) => [where, line, refusal(args)]).filter(([, , why]) => why !== '')
    expect(refused).toEqual([])
  })

  it('explain each command of the terminal', () => {
    const explained = new Set(calls.map(({ args: [name] }) => name))
    expect(commands.map(({ name }) => name).filter((name) => !explained.has(name))).toEqual([])
  })
})
