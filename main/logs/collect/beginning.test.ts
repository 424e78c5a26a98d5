import { describe, expect, it } from 'vitest'
import { type Beginning, beginningOf, type Run } from './beginning.ts'

/** Seconds after the container was started. */
const first = (atSeconds: number, awaitedSeconds = 0) => ({
  atMs: atSeconds * 1_000,
  awaitedMs: awaitedSeconds * 1_000,
})
const running: Run = { startedMs: 0 }
const ended: Run = { startedMs: 0, finishedMs: 60_000 }

describe('beginningOf', () => {
  it.each<readonly [string, ReturnType<typeof first>, Run | undefined, number | undefined, Beginning]>([
    ['the first line is from the start', first(0.4), running, undefined, 'present'],
    ['it came before a log could be rotated', first(5), running, undefined, 'present'],
    ['it is from long after the start', first(5.1), running, undefined, 'missing'],
    ['the run has ended, and began late', first(30), ended, undefined, 'missing'],
    ['the run has ended, and has its beginning', first(1), ended, undefined, 'present'],
    ['the log was open while the container was silent', first(30, 29), running, undefined, 'present'],
    ['the log was opened long after the start', first(30, 20), running, undefined, 'missing'],
    ['the first line follows the run before at once', first(20), running, 19_500, 'present'],
    ['the run before ended long ago, and this one began at once', first(2), running, -300_000, 'present'],
    ['the run before ended long ago, and this one began late', first(20), running, -300_000, 'missing'],
    ['the status is of the run before, after a pause', first(400), running, 100_000, 'unclear'],
    ['a status without fractions of a second is of this run', first(20), running, 900, 'missing'],
    ['the status is of a run that had ended before', first(400), ended, undefined, 'unclear'],
    ['the clock was set back', first(-7_200), running, 100_000, 'present'],
    ['the status has no start', first(400), undefined, undefined, 'present'],
  ])('%s', (_title, line, run, previousEndMs, beginning) => {
    expect(beginningOf(line, run, previousEndMs)).toBe(beginning)
  })
})
