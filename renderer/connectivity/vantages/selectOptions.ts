import { t } from '../../strings/t.ts'

/** Seconds for which persistent connections can be held open. */
const holdSeconds: readonly number[] = [0, 60, 300, 600]

/** Minutes between two runs of a watch. */
const intervalMinutes: readonly number[] = [1, 5, 15, 60, 360, 1_440]

export const holdOptions = (current: number) =>
  optionsOf(holdSeconds, current, (seconds) => t('connectivity.watch.holdFor', { seconds }))

export const intervalOptions = (current: number) =>
  optionsOf(intervalMinutes, current, (minutes) => t('connectivity.watch.every', { minutes }))

/** Options of a select. A current value that is not offered, because it was set in the terminal, is added. */
function optionsOf(values: readonly number[], current: number, label: (value: number) => string) {
  const all = values.includes(current) ? values : [...values, current]
  return all.map((value) => ({ value: String(value), label: label(value) }))
}
