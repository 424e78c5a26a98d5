import type { SavedSearch } from '../../preload/contract/logs.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { formOf, type OptionValues, type Terminal, text } from './command.ts'
import { ageMs, isAge } from './log-times.ts'
import { printJson, printMessage, printTable } from './print.ts'

/** The filters of a search as options: what `--since` and `--until` would be. */
export type SavedFilters = Pick<SavedSearch, 'text' | 'levels' | 'sources'> & {
  readonly from: string | undefined
  readonly to: string | undefined
}

/** `hangar logs saved`: the saved searches of the plane, by name; `--remove NAME` deletes one. Throws INPUT_INVALID. */
export async function savedSearches(terminal: Terminal, planeId: string, options: OptionValues): Promise<0> {
  const client = await terminal.client()
  const name = text(options, 'remove')
  if (name !== undefined) {
    const { id } = await savedSearch(terminal, planeId, name)
    await client.logs.removeSearch({ planeId, id })
    printMessage(terminal, `The search "${name}" is deleted.`)
    return 0
  }
  const searches = await client.logs.searches({ planeId })
  if (formOf(options) !== 'table') printJson(terminal, { schemaVersion: 1, searches })
  else {
    printTable(
      terminal,
      ['NAME', 'LEVELS', 'SOURCES', 'RANGE', 'QUERY'],
      searches.map(({ name: of, levels, sources, range, text: query }) => [
        of,
        levels.join(','),
        sources.join(','),
        rangeText(range),
        query,
      ]),
    )
  }
  return 0
}

const minuteMs = 60_000

const rangeText = (range: SavedSearch['range']): string =>
  range.kind === 'all' ? '' : range.kind === 'last' ? `${range.ms / minuteMs}m` : `${range.from}/${range.to}`

/** Throws INPUT_INVALID. */
async function savedSearch(terminal: Terminal, planeId: string, name: string): Promise<SavedSearch> {
  const client = await terminal.client()
  const found = (await client.logs.searches({ planeId })).find((each) => each.name === name)
  if (found === undefined)
    throw new Problem('INPUT_INVALID', `There is no saved search "${name}". "hangar logs saved" lists them.`)
  return found
}

/** What `--saved NAME` asks for. Options of the command replace its parts. Throws INPUT_INVALID. */
export async function withSaved(
  terminal: Terminal,
  planeId: string,
  given: SavedFilters,
  options: OptionValues,
): Promise<SavedFilters> {
  const name = text(options, 'saved')
  if (name === undefined) return given
  const { text: query, levels, sources, range } = await savedSearch(terminal, planeId, name)
  const times =
    range.kind === 'between'
      ? { from: range.from, to: range.to }
      : { from: range.kind === 'last' ? new Date(Date.now() - range.ms).toISOString() : undefined, to: undefined }
  const hasTimes = given.from !== undefined || given.to !== undefined
  return {
    text: given.text === '' ? query : given.text,
    levels: given.levels.length > 0 ? given.levels : levels,
    sources: given.sources.length > 0 ? given.sources : sources,
    ...(hasTimes ? { from: given.from, to: given.to } : times),
  }
}

/** Saves the query under the name of `--save`, before it is run. An age of `--since` stays one. Throws INPUT_INVALID. */
export async function saveSearch(
  terminal: Terminal,
  planeId: string,
  { text: query, levels, sources, from, to }: SavedFilters,
  options: OptionValues,
): Promise<void> {
  const name = text(options, 'save')
  if (name === undefined) return
  const since = text(options, 'since') ?? ''
  const isOfLast = isAge(since) && to === undefined
  const range =
    from === undefined && to === undefined
      ? ({ kind: 'all' } as const)
      : isOfLast
        ? ({ kind: 'last', ms: ageMs(since) } as const)
        : ({ kind: 'between', from: from ?? earliest, to: to ?? new Date().toISOString() } as const)
  const client = await terminal.client()
  await client.logs.saveSearch({ planeId, name, text: query, levels, sources, range, order: 'newest' })
  printMessage(terminal, `The search is saved as "${name}".`)
}

/** Of a range without a beginning. */
const earliest = new Date(0).toISOString()
