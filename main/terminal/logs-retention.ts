import { Problem } from '../../preload/contract/problem.ts'
import { formOf, type OptionValues, type Terminal, text } from './command.ts'
import { printJson, printMessage } from './print.ts'

const unitBytes = { MB: 1e6, GB: 1e9, TB: 1e12 } as const

/** "7" days; null for "off"; undefined where it is not given. Throws INPUT_INVALID. Pure. */
export function daysOf(given: string | undefined): number | null | undefined {
  if (given === undefined) return undefined
  if (given === 'off') return null
  const days = /^(\d+)d?$/.exec(given)?.[1]
  if (days === undefined || Number(days) < 1 || Number(days) > 3_650)
    throw new Problem('INPUT_INVALID', '--days is a number of days from 1 to 3650, or "off".')
  return Number(days)
}

/** "5GB" in bytes; null for "off"; undefined where it is not given. Throws INPUT_INVALID. Pure. */
export function bytesOf(given: string | undefined): number | null | undefined {
  if (given === undefined) return undefined
  if (given === 'off') return null
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?(MB|GB|TB)$/i.exec(given) ?? []
  const factor = (['MB', 'GB', 'TB'] as const).find((each) => each === unit.toUpperCase())
  const bytes = factor === undefined ? 0 : Math.round(Number(number) * unitBytes[factor])
  if (bytes < 1_000_000)
    throw new Problem('INPUT_INVALID', '--max-size is at least 1MB, such as 500MB or 5GB, or "off".')
  return bytes
}

/**
 * `hangar logs retention`: how long the logs of the plane are kept; with `--days` or `--max-size` it is set, and what is not kept
 * is deleted. Throws INPUT_INVALID.
 */
export async function retention(
  terminal: Terminal,
  planeId: string,
  options: OptionValues,
  signal: AbortSignal,
): Promise<0> {
  const { logs } = await terminal.client()
  const before = await logs.retention({ planeId })
  const [days, bytes] = [daysOf(text(options, 'days')), bytesOf(text(options, 'maxSize'))]
  if (days === undefined && bytes === undefined) return print(terminal, before, options)
  const policy = {
    planeId,
    days: days === undefined ? before.days : days,
    bytes: bytes === undefined ? before.bytes : bytes,
  }
  const expired = await logs.expired(policy, { signal })
  if (expired.days > 0 && options.yes !== true) {
    const what = `${expired.records} records of ${expired.days} days (${megabytes(expired.bytes)} MB)`
    throw new Problem('INPUT_INVALID', `This deletes ${what} now. Use --yes.`)
  }
  return print(terminal, await logs.setRetention(policy), options)
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)

function print(
  terminal: Terminal,
  { days, bytes, removed }: Awaited<ReturnType<Awaited<ReturnType<Terminal['client']>>['logs']['retention']>>,
  options: OptionValues,
): 0 {
  if (formOf(options) !== 'table') {
    printJson(terminal, { schemaVersion: 1, days, bytes, removed })
    return 0
  }
  const limits = [
    ...(days === null ? [] : [`for ${days} days`]),
    ...(bytes === null ? [] : [`up to ${megabytes(bytes)} MB on disk`]),
  ]
  terminal.stdout.write(`Logs are kept ${limits.length === 0 ? 'until you delete them' : limits.join(' and ')}.\n`)
  if (removed === null) return 0
  const what = `${removed.records} records of ${removed.days} days, ${megabytes(removed.bytes)} MB`
  printMessage(terminal, `Deleted last, at ${removed.at}: ${what}.`)
  return 0
}
