/** One figure of a run. */
export interface Row {
  readonly metric: string
  /** Hangar, or the peer that was measured beside it in the same run. */
  readonly subject: string
  readonly unit: string
  readonly value: number
  /** What Hangar's value should stay under; absent for peers and for figures without a goal. */
  readonly goal?: number
}

/** A question that is measured. Its comment says what it is unfair to. */
export interface Benchmark {
  readonly name: string
  readonly question: string
  run(signal: AbortSignal): Promise<readonly Row[]>
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** Why nothing could be measured: what happened, and what the program that failed printed about it. */
export class BenchProblem extends Error {
  readonly hint: string
  constructor(message: string, printed: string) {
    super(message)
    this.name = 'BenchProblem'
    this.hint = printed.trim() === '' ? 'It printed nothing.' : `It printed:\n${printed.trim()}`
  }
}
