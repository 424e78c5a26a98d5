import { type ActivityEntry, type ActivityKind, activityKinds } from '../../preload/contract/activity.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { verdictsWorstFirst } from '../../preload/verdicts.ts'
import { shortId, when } from './changes.ts'
import { type Command, formOf, outputOption, text, texts } from './command.ts'
import { optionalTime } from './log-times.ts'
import { existingPlane } from './plane.ts'
import { printJson, printJsonLine, printMessage, printTable } from './print.ts'

export const activityCommand: Command = {
  name: 'activity',
  summary:
    'list what happened to the planes: checks, operations, changes of health, edits of profiles; does not connect to a cluster',
  options: [
    { flags: '--plane <name>', help: 'only this plane' },
    { flags: '--kind <kind>', help: `${activityKinds.join(', ')} (can be repeated)`, repeatable: true },
    { flags: '--since <time>', help: 'from this time: RFC 3339, or an age such as 15m, 2h, 3d' },
    { flags: '--until <time>', help: 'up to this time' },
    { flags: '--limit <count>', help: 'print at most this many entries; default 200' },
    outputOption(['table', 'json', 'ndjson']),
  ],
  async run(terminal, _args, options) {
    const form = formOf(options)
    const plane = text(options, 'plane') === undefined ? undefined : await existingPlane(terminal, options)
    const kinds = texts(options, 'kind').map(kindOf)
    const client = await terminal.client()
    const { entries, more, unverifiedDays, fullDays } = await client.activity.list({
      limit: limitOf(text(options, 'limit')),
      since: optionalTime(text(options, 'since')),
      until: optionalTime(text(options, 'until')),
      ...(plane !== undefined && { planeId: plane.id }),
      ...(kinds.length > 0 && { kinds }),
    })
    if (form === 'json') printJson(terminal, { schemaVersion: 1, entries, more })
    else if (form === 'ndjson') for (const entry of entries) printJsonLine(terminal, entry)
    else if (entries.length === 0) printMessage(terminal, 'Nothing is recorded in this time.')
    else {
      const planes = new Map((await client.planes.list()).map(({ id, name }) => [id, name]))
      printTable(
        terminal,
        ['TIME', 'KIND', 'OUTCOME', 'PLANE', 'WHAT'],
        entries.map((entry) => [
          when(entry.at),
          entry.kind,
          entry.outcome,
          entry.planeId === null ? '' : (planes.get(entry.planeId) ?? shortId(entry.planeId)),
          describe(entry),
        ]),
      )
    }
    if (more) printMessage(terminal, 'There are older entries. Use --limit or --until.')
    if (unverifiedDays > 0)
      printMessage(terminal, `! Records of ${days(unverifiedDays)} were changed outside of Hangar and are left out.`)
    if (fullDays > 0) printMessage(terminal, `! Of ${days(fullDays)} only the first records are stored.`)
    return 0
  },
}

const days = (count: number): string => (count === 1 ? '1 day' : `${count} days`)

function kindOf(given: string): ActivityKind {
  const kind = activityKinds.find((each) => each === given)
  if (kind === undefined)
    throw new Problem('INPUT_INVALID', `"${given}" is no kind. The kinds are ${activityKinds.join(', ')}.`)
  return kind
}

function limitOf(given: string | undefined): number {
  const limit = Number(given ?? 200)
  if (!Number.isInteger(limit) || limit < 1 || limit > 5_000)
    throw new Problem('INPUT_INVALID', `--limit takes a number from 1 to 5000, not "${given}".`)
  return limit
}

/** One line about an entry. Pure. */
export function describe(entry: ActivityEntry): string {
  switch (entry.kind) {
    case 'check':
    case 'watch': {
      const counts = verdictsWorstFirst.flatMap((verdict) =>
        (entry.counts[verdict] ?? 0) === 0 ? [] : [`${entry.counts[verdict]} ${verdict}`],
      )
      const note = entry.verified ? '' : ', not verified'
      return `run ${shortId(entry.runId)}: ${counts.join(', ') || 'no results'}${note}`
    }
    case 'operation':
      return `${entry.title}: ${entry.state}`
    case 'health':
      return `${entry.title}: ${entry.from} → ${entry.to}${entry.reason === '' ? '' : ` (${entry.reason})`}`
    case 'cluster':
      return entry.reachable ? 'the cluster responds again' : `the cluster does not respond: ${entry.message}`
    case 'profile': {
      const parts = entry.parts.map(({ path, kind }) => `${path} ${kind}`)
      const more = entry.moreParts > 0 ? [`${entry.moreParts} more`] : []
      const changed = [...parts, ...more].join(', ')
      return `profile ${entry.profile} ${entry.action}${changed === '' ? '' : `: ${changed}`}`
    }
  }
}
