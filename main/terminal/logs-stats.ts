import type { LogStatus, SourceCollection } from '../../preload/contract/logs.ts'
import { formOf, type OptionValues, type Terminal } from './command.ts'
import { printJson, printMessage, printTable } from './print.ts'

/** What is stored of a plane's logs, and what a running collection does for each source. */
export function printStatus(terminal: Terminal, status: LogStatus, options: OptionValues): 0 {
  if (formOf(options) !== 'table') {
    printJson(terminal, status)
    return 0
  }
  const { records, rawBytes, storedBytes, oldest, newest, sources } = status
  printTable(
    terminal,
    ['SOURCE', 'TITLE', 'RECORDS', 'NEWEST', 'COLLECTION'],
    sources.map(({ id, title, records: count, newest: last, collection }) => [
      id,
      title,
      String(count),
      last ?? '',
      collection === undefined ? '' : collectionText(collection),
    ]),
  )
  const span = oldest === null ? '' : `, from ${oldest} to ${newest}`
  printMessage(terminal, `${records} records, ${storedBytes} bytes on disk for ${rawBytes} of text${span}`)
  if (!status.collecting) printMessage(terminal, 'Nothing is collected now.')
  return 0
}

/** What a source is doing, in words. Pure. */
export function collectionText(collection: SourceCollection): string {
  const { containers, following, queued, gaps } = collection
  const problem = problemText(collection)
  return [
    containers === 0 ? 'no container with a log' : `follows ${following} of ${containers} containers`,
    ...(queued > 0 ? [`${queued} wait for a free stream`] : []),
    ...(gaps > 0 ? [`gaps: ${gaps}`] : []),
    ...(problem === undefined ? [] : [problem]),
  ].join('; ')
}

/** Why a source is not collected as a whole, and since when; undefined if it is. */
export function problemText({ missingPermissions, problem, since }: SourceCollection): string | undefined {
  if (problem === undefined) return undefined
  const time = since === undefined ? '' : ` since ${since}`
  if (missingPermissions.length === 0) return `retrying${time}: ${problem.message}`
  return `refused${time}: missing permission ${missingPermissions.join(', ')}`
}
