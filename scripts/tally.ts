/** The parts of vitest's JSON report that are read here. */
export interface Report {
  readonly testResults: readonly {
    /** Path of the file. */
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

export interface Outcome {
  readonly file: string
  /** The test's full name; the file where it could not even be loaded. */
  readonly name: string
  readonly status: 'passed' | 'failed' | 'flaky' | 'skipped'
}

const statuses: Readonly<Record<string, Outcome['status']>> = { passed: 'passed', failed: 'failed' }

/** One outcome for each test of a report, and for each file that failed as a whole. Pure. */
export function outcomesOf({ testResults }: Report): Outcome[] {
  return testResults.flatMap(({ name: file, status, assertionResults }) => {
    const tests = assertionResults.map(
      (test): Outcome => ({
        file,
        name: test.fullName.replaceAll(/\s+/g, ' ').trim(),
        status: statuses[test.status] ?? 'skipped',
      }),
    )
    const fileFailed = status === 'failed' && !tests.some((test) => test.status === 'failed')
    return fileFailed ? [...tests, { file, name: file, status: 'failed' as const }] : tests
  })
}

/**
 * The outcomes after failed files were repeated once. A test that failed in one run and passed in the other is flaky;
 * one that the repeat did not reach stays as it was, and one that only the repeat reached, such as after a set-up that
 * failed, is as the repeat found it. Pure.
 */
export function afterRepeat(first: readonly Outcome[], repeat: readonly Outcome[]): Outcome[] {
  const left = new Map<string, Outcome['status'][]>()
  for (const { file, name, status } of repeat) {
    const key = `${file}\0${name}`
    left.set(key, [...(left.get(key) ?? []), status])
  }
  const repeatedFiles = new Set(repeat.map(({ file }) => file))
  const merged = first.map((outcome): Outcome => {
    const { file, name, status } = outcome
    const again = left.get(`${file}\0${name}`)?.shift()
    if (status === 'skipped') return { ...outcome, status: again ?? status }
    const loaded = name === file && again === undefined && repeatedFiles.has(file)
    const passedOnce = status === 'passed' || again === 'passed' || loaded
    const failedOnce = status === 'failed' || again === 'failed'
    return passedOnce && failedOnce ? { ...outcome, status: 'flaky' } : outcome
  })
  // Tests of a file that could not be loaded the first time.
  const known = new Set(first.map(({ file, name }) => `${file}\0${name}`))
  return [...merged, ...repeat.filter(({ file, name }) => !known.has(`${file}\0${name}`))]
}

/** Test names that KNOWN_ISSUES.md lists: those in backticks at the beginning of a list item. Pure. */
export function knownIssues(markdown: string): string[] {
  return [...markdown.matchAll(/^[-*] `([^`]+)`/gm)].map(([, name = '']) => name)
}
