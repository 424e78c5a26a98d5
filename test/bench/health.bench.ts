import { assess } from '../../main/health/assess.ts'
import { nowMs } from '../../main/health/sample.ts'
import { healthCases, type UpstreamRow, upstreamRows } from '../corpus/health/cases.ts'
import type { Benchmark, Row } from './benchmark.ts'

/** Kinds of upstream's tests that no plane contains: they count in no goal. */
const kindsOutside = new Set(['MyCR'])
const goalPercent = 10

/**
 * Question: how often does the health differ from that of kstatus and Argo CD, on the rows of their own tests, and how often
 * is it wrong on our own cases?
 * Bias: the rows are rebuilt with the fields that the tests are about, and assessed a second after their last time, when no
 * limit of ours has passed yet. Where the two disagree with each other, one of them counts against Hangar.
 */
export const health: Benchmark = {
  name: 'health',
  question: 'How often does the health differ from that of kstatus and Argo CD?',
  async run() {
    const tables = [...upstreamRows()]
    for (const [tool, rows] of tables) for (const row of rows) if (differs(row)) console.log(describe(tool, row))
    const wrong = healthCases().filter(({ expect, object }) => !expect.includes(assess(object, nowMs).health))
    for (const { file, id, expect, object } of wrong) {
      console.log(`own cases, ${file}, ${id}: ${assess(object, nowMs).health}, not ${expect.join(' or ')}`)
    }
    const unexplained = tables.flatMap(([, rows]) => rows).filter((row) => differs(row) && row.differs === undefined)
    return [
      ...tables.flatMap(([tool, rows]) => ofTool(tool, rows)),
      {
        metric: 'differences without a reason',
        subject: 'all tools',
        unit: 'rows',
        value: unexplained.length,
        goal: 1,
      },
      { metric: 'wrong', subject: `${healthCases().length} own cases`, unit: 'cases', value: wrong.length, goal: 1 },
    ]
  },
}

const differs = ({ expect, object }: UpstreamRow): boolean => assess(object, nowMs).health !== expect

function describe(tool: string, { id, expect, differs: known, object }: UpstreamRow): string {
  const why = known === undefined ? 'NO REASON' : known.because
  return `${tool}, ${object.kind}, ${id}: ${assess(object, nowMs).health}, not ${expect}. ${why}`
}

function ofTool(tool: string, rows: readonly UpstreamRow[]): Row[] {
  const kinds = [...new Set(rows.map(({ object }) => object.kind))].sort()
  const perKind = kinds.map((kind) => {
    const ofKind = rows.filter(({ object }) => object.kind === kind)
    return { metric: `agreement, ${tool}`, subject: `${kind} (${ofKind.length})`, unit: '%', value: agreement(ofKind) }
  })
  const ofPlane = rows.filter(({ object }) => !kindsOutside.has(object.kind))
  const subject = `all ${ofPlane.length} rows of a plane's kinds`
  return [
    ...perKind,
    { metric: `differences, ${tool}`, subject, unit: '%', value: 100 - agreement(ofPlane), goal: goalPercent },
  ]
}

const agreement = (rows: readonly UpstreamRow[]): number =>
  (100 * rows.filter((row) => !differs(row)).length) / Math.max(1, rows.length)
