/** One measurement. */
export interface Row {
  readonly metric: string
  /** Hangar, or what it is compared with in the same run. */
  readonly subject: string
  readonly unit: string
  readonly value: number
  /** The upper limit for Hangar's value; absent for others, and where there is no goal. */
  readonly goal?: number
}

/** A benchmark. Its comment names the bias of the comparison. */
export interface Benchmark {
  readonly name: string
  readonly question: string
  run(signal: AbortSignal, options: BenchOptions): Promise<readonly Row[]>
}

export interface BenchOptions {
  /** Lines of the corpus, where there is one. */
  readonly lines: number
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** Why nothing could be measured: what happened, and the output of the program that failed. */
export class BenchProblem extends Error {
  readonly hint: string
  constructor(message: string, printed: string) {
    super(message)
    this.name = 'BenchProblem'
    this.hint = printed.trim() === '' ? 'It printed nothing.' : `It printed:\n${printed.trim()}`
  }
}

export const percentile95 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN
