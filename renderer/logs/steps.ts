import type { LogRecord } from '../../preload/contract/logs.ts'

export type Step = 'next' | 'previous'

export const isError = ({ level }: LogRecord): boolean => level === 'ERROR' || level === 'FATAL'

/**
 * The next or previous record in the list for which the test holds; from the selected one, or from the end at which the step
 * begins. Undefined without one. Pure.
 */
export function stepTo(
  records: readonly LogRecord[],
  selected: string | undefined,
  step: Step,
  holds: (record: LogRecord) => boolean,
): LogRecord | undefined {
  const at = selected === undefined ? -1 : records.findIndex(({ id }) => id === selected)
  if (step === 'next') return records.slice(at + 1).find(holds)
  return at < 0 ? undefined : records.slice(0, at).findLast(holds)
}
