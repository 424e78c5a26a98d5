import type { Operation, StepProgress } from '../../preload/contract/operations.ts'
import { age } from './print.ts'

const objectsShown = 4
const waitingShown = 1
const logLinesShown = 2

const marks: Readonly<Record<string, string>> = {
  healthy: '✓',
  suspended: '‖',
  progressing: '…',
  missing: '∅',
  degraded: '✗',
  unknown: '?',
}

const isSettled = ({ health }: StepProgress['objects'][number]): boolean =>
  health === 'healthy' || health === 'suspended'

/** `40 s`, `3 min`. */
const duration = (ms: number): string =>
  ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`

/** Pure: `usually 40 s (3 runs)`; empty if nothing is known. */
export const usualText = (usual: StepProgress['usual']): string =>
  usual === undefined ? '' : `usually ${duration(usual.ms)} (${usual.runs} ${usual.runs === 1 ? 'run' : 'runs'})`

/**
 * Pure: a step that runs, on a few lines: how long, the objects that are not ready below how many are, what it waits for longest,
 * and the end of the log of that.
 */
function blockOf({ title, startedAt, message, usual, objects, waitingOn, log }: StepProgress, now: number): string[] {
  const times = [startedAt === undefined ? '' : age(startedAt, now), usualText(usual)].filter(Boolean).join(', ')
  const top = objects.filter(({ depth }) => depth === 0)
  const ready = top.length === 0 ? '' : `${top.filter(isSettled).length} of ${top.length} objects ready`
  const unsettled = objects.filter((each) => !isSettled(each))
  return [
    `… ${[title, times, ready, message].filter(Boolean).join('; ')}`,
    ...unsettled.slice(0, objectsShown).map(({ object, depth, health, reason }) => {
      return `  ${'  '.repeat(depth)}${marks[health] ?? '?'} ${object.kind} ${object.name}: ${reason}`
    }),
    ...(unsettled.length > objectsShown ? [`  and ${unsettled.length - objectsShown} more that are not ready`] : []),
    ...waitingOn.slice(0, waitingShown).map(({ object, why, since }) => {
      return `  waits ${age(since, now)} for ${object.kind} ${object.name}: ${why}`
    }),
    ...(log?.text.split('\n').slice(-logLinesShown) ?? []).map((line) => `  ${log?.pod} | ${line}`),
  ]
}

/** Pure: one block for each step that runs, and what comes after it. */
export function operationLines(
  { steps, done, total }: Pick<Operation, 'steps' | 'done' | 'total'>,
  now: number,
): string[] {
  const running = steps.filter(({ state }) => state === 'running')
  if (running.length === 0) return []
  return [...running.flatMap((step) => blockOf(step, now)), `${done} of ${total ?? '?'} steps done`]
}
