import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { analyse } from 'scslre'
import { parseSync, Visitor } from 'vite'

/**
 * Finds regular expressions of the app whose time grows faster than the text that they read: a text of others would block
 * everything. Not found are expressions that are composed at run time, and alternatives that match the same text, as in
 * `(a|a)*`. Exit code 1 on a finding.
 */
const root = join(import.meta.dirname, '..')

/** Expressions whose time grows with the square of a text that is limited. */
const exceptions: readonly { readonly file: string; readonly source: string; readonly why: string }[] = [
  { file: 'main/terminal/parse.ts', source: '\\s*\\n\\s*', why: 'reads a message about arguments of the user' },
  {
    file: 'main/logs/parse/text-record.ts',
    source: '\\[([^\\]]*)\\]',
    why: 'reads what an expression has matched as a list of closed brackets, so that each search succeeds',
  },
  {
    file: 'main/install/lease/holder.ts',
    source: '^(.*)@([^/]*)\\/(\\d+)\\.([^/]*)\\/([^/]*)(?:\\/([0-9a-f]+))?$',
    why: 'reads at most 500 characters',
  },
  {
    file: 'main/install/redact-values.ts',
    source: '[A-Za-z].*[^A-Za-z.-]|[^A-Za-z.-].*[A-Za-z]',
    why: 'reads fewer than 8 characters: the longer are tested before',
  },
  {
    file: 'main/health/flux.ts',
    source: '(\\d+(?:\\.\\d+)?)(ms|s|m|h)',
    why: 'reads what an expression has matched as a whole, so that each search succeeds',
  },
  { file: 'main/connectivity/proxy/cluster-addresses.ts', source: '\\d+$', why: 'reads an IPv4 address' },
  {
    file: 'main/connectivity/probe/proxy/spelling.ts',
    source: ',\\s*(?:https?|socks\\w*):\\/\\/|,[^@]*$',
    why: 'reads a variable of this computer, or a URL of at most 2,048 characters',
  },
  { file: 'main/connectivity/allow-list/policy-file.ts', source: '-+$', why: 'reads at most 240 characters' },
]

export interface SlowExpression {
  readonly file: string
  readonly line: number
  readonly source: string
  readonly growth: 'exponential' | 'polynomial'
}

/** Pure; in the order of the file. Throws if the code cannot be parsed. */
export function findSlowExpressions(file: string, code: string): SlowExpression[] {
  const { program, errors } = parseSync(file, code)
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message ?? ''}`)
  const found: SlowExpression[] = []
  new Visitor({
    Literal(node) {
      if (!('regex' in node)) return
      const { pattern: source, flags } = node.regex
      const { reports } = analyse({ source, flags }, { reportTypes: { Move: true } })
      if (reports.length === 0) return
      const growth = reports.some(({ exponential }) => exponential) ? 'exponential' : 'polynomial'
      found.push({ file, line: code.slice(0, node.start).split('\n').length, source, growth })
    },
  }).visit(program)
  return found
}

if (import.meta.main) {
  const planted = ['/^(a+)+$/', '/a*b?a*$/', '/x*$/'].filter(
    (expression) => findSlowExpressions('planted.ts', `export const x = ${expression}`).length === 1,
  )
  if (planted.length !== 3) {
    console.error(`Of three planted expressions ${planted.length} were found: the check finds too little.`)
    process.exit(1)
  }
  const files = globSync('{main,preload,renderer}/**/*.{ts,tsx}', { cwd: root, exclude: ['**/*.test.*'] })
  const found = files.flatMap((file) =>
    findSlowExpressions(file.replaceAll('\\', '/'), readFileSync(join(root, file), 'utf8')),
  )
  const isAbout = (one: { file: string; source: string }) => (other: { file: string; source: string }) =>
    one.file === other.file && one.source === other.source
  const findings = found.filter((one) => !exceptions.some(isAbout(one)))
  const unused = exceptions.filter((one) => !found.some(isAbout(one)))
  for (const { file, line, source, growth } of findings)
    console.log(`${file}:${line}: the time of this expression is ${growth} in its text: ${source}`)
  for (const { file, source } of unused) console.log(`${file}: remove the exception, nothing needs it: ${source}`)
  console.log(`${findings.length} slow expressions in ${files.length} files, ${exceptions.length} with a limited text`)
  process.exitCode = findings.length + unused.length === 0 ? 0 : 1
}
