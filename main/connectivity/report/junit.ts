import type { Result, VantageOutcome } from '../../../preload/contract/connectivity.ts'
import { vantageTitle } from '../../../preload/vantages.ts'
import { countVerdicts } from '../../../preload/verdicts.ts'
import type { Outline } from './outline.ts'

/**
 * A report for CI servers: a test suite per vantage and a test case per endpoint, in the format of Jenkins' xUnit plugin
 * (junit-10.xsd). A `fail` is a failure. An `unknown` is an error for a required endpoint, so that it does not count as
 * passed, and skipped for an optional one. A `warn` passes, with the warning in its output.
 * A report has failures or errors exactly when `hangar check` exits with 1.
 */
export function reportJunit({
  title,
  startedAt,
  endedAt,
  vantages,
  concerns,
  matrix,
  version,
  runId,
}: Outline): string {
  const reasons = new Map(concerns.map((concern) => [concern.result, concern]))
  const suites = vantages.map((outcome, index) => {
    const rows = matrix.flatMap(({ row, cells }) => {
      const result = cells[index]
      return result === undefined ? [] : [{ row, result, concern: reasons.get(result) }]
    })
    const cases = rows.map(
      ({ row, result, concern }): Case => ({
        classname: row.component === '' ? 'connectivity' : row.component,
        name: row.title === row.id ? row.id : `${row.title} (${row.id})`,
        seconds: result.stages.reduce((sum, { ms }) => sum + ms, 0) / 1_000,
        outcome: outcomeOf(result, row.required),
        message: `${result.cause === '' ? '' : `${result.cause}: `}${result.hint}`,
        type: result.cause === '' ? result.verdict : result.cause,
        text: concern === undefined ? '' : concern.networkText || concern.why,
      }),
    )
    return { outcome, cases: cases.length === 0 && outcome.state === 'failed' ? [vantageCase(outcome)] : cases }
  })
  const all = suites.flatMap(({ cases }) => cases)
  const verdicts = countVerdicts(matrix.flatMap(({ cells }) => cells.filter((cell) => cell !== undefined)))
  const seconds = Math.max(0, (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000)
  const head = attributes({ name: `Connectivity of ${title}`, ...totals(all), time: seconds.toFixed(3) })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${head}>`,
    ...suites.map(({ outcome, cases }, id) =>
      suiteText(outcome, cases, id, startedAt, { runId, version, ...verdicts }),
    ),
    '</testsuites>',
    '',
  ].join('\n')
}

type CaseOutcome = 'passed' | 'warned' | 'failure' | 'error' | 'skipped'
interface Case {
  readonly classname: string
  readonly name: string
  readonly seconds: number
  readonly outcome: CaseOutcome
  readonly message: string
  readonly type: string
  readonly text: string
}

function outcomeOf({ verdict }: Result, required: boolean): CaseOutcome {
  if (verdict === 'unknown') return required ? 'error' : 'skipped'
  return ({ pass: 'passed', warn: 'warned', fail: 'failure', skipped: 'skipped' } as const)[verdict]
}

/** A vantage from which nothing was checked has no endpoints: without this error, its suite would count as passed. */
const vantageCase = ({ cause, message, hint, manifest }: VantageOutcome): Case => ({
  classname: 'connectivity',
  name: 'vantage',
  seconds: 0,
  outcome: 'error',
  message: `${message} ${hint}`.trim(),
  type: cause === '' ? 'vantage' : cause,
  text: manifest,
})

const totals = (cases: readonly Case[]): Readonly<Record<string, string>> => {
  const count = (expected: CaseOutcome): number => cases.filter(({ outcome }) => outcome === expected).length
  return { tests: String(cases.length), failures: String(count('failure')), errors: String(count('error')) }
}

function suiteText(
  { vantage, state, message }: VantageOutcome,
  cases: readonly Case[],
  id: number,
  startedAt: string,
  properties: Readonly<Record<string, string | number>>,
): string {
  const skipped = cases.filter(({ outcome }) => outcome === 'skipped').length
  const head = attributes({
    name: `from ${vantageTitle(vantage)}`,
    ...totals(cases),
    skipped: String(skipped),
    time: cases.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3),
    // UTC: the schemas in use allow no time zone.
    timestamp: new Date(startedAt).toISOString().slice(0, 19),
    hostname: vantage.name,
    id: String(id),
  })
  const facts = Object.entries({ ...properties, vantage: vantage.kind, state })
  return [
    `  <testsuite${head}>`,
    '    <properties>',
    ...facts.map(([name, value]) => `      <property${attributes({ name, value: String(value) })}/>`),
    '    </properties>',
    ...cases.map(caseText),
    ...(message === '' ? [] : [`    <system-out>${xml(message)}</system-out>`]),
    '  </testsuite>',
  ].join('\n')
}

function caseText({ classname, name, seconds, outcome, message, type, text }: Case): string {
  const head = `    <testcase${attributes({ name, classname, time: seconds.toFixed(3) })}`
  if (outcome === 'passed') return `${head}/>`
  const body = {
    warned: () => `<system-out>${xml(`warning: ${message}\n\n${text}`)}</system-out>`,
    skipped: () => `<skipped${attributes({ message })}/>`,
    failure: () => `<failure${attributes({ message, type })}>${xml(text)}</failure>`,
    error: () => `<error${attributes({ message, type })}>${xml(text)}</error>`,
  }[outcome]()
  return `${head}>\n      ${body}\n    </testcase>`
}

/** Escapes markup. The characters that XML forbids were removed from every text before (sanitize.ts). */
const xml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const attributes = (of: Readonly<Record<string, string>>): string =>
  Object.entries(of)
    .map(([name, value]) => ` ${name}="${xml(value).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`)
    .join('')
