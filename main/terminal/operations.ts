import type { PlaneHolder } from '../../preload/contract/install.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import type { Client } from '../router.ts'
import { type Command, type ExitCode, formOf, kubeconfigOptions, outputOption, type Terminal, text } from './command.ts'
import { existingPlane } from './plane.ts'
import { printJson, printJsonLine, printMessage, printTable } from './print.ts'

export const operationsCommand: Command = {
  name: 'operations',
  summary: 'list the operations of this computer, and who works on a plane from wherever; changes nothing',
  options: [
    { flags: '--plane <name>', help: 'also read from its cluster who works on this plane' },
    { flags: '--follow', help: 'read along until the operation on the plane ends' },
    ...kubeconfigOptions,
    outputOption(['table', 'json', 'ndjson']),
  ],
  async run(terminal, _args, options, signal) {
    const client = await terminal.client()
    const isNamed = text(options, 'plane') !== undefined || options.follow === true
    const plane = isNamed ? await existingPlane(terminal, options) : undefined
    if (plane !== undefined && options.follow === true)
      return follow(terminal, client, plane, formOf(options) === 'ndjson', signal)
    const [operations, holder] = await Promise.all([
      client.operations.list(),
      plane === undefined ? null : firstHolder(client, plane, signal),
    ])
    const shown = operations.filter(({ planeId }) => plane === undefined || planeId === plane.id)
    if (formOf(options) !== 'table') printJson(terminal, { schemaVersion: 1, operations: shown, holder })
    else {
      const rows = shown.map(({ id, title, state, startedAt, done, total, offers }) => [
        id,
        title,
        state,
        startedAt,
        `${done} of ${total ?? '?'}`,
        offers.join(', '),
      ])
      printTable(terminal, ['OPERATION', 'TITLE', 'STATE', 'STARTED', 'STEPS', 'OFFERS'], rows)
      if (plane !== undefined) printMessage(terminal, holderLine(plane.name, holder))
    }
    return 0
  },
}

async function firstHolder(client: Client, { id }: Plane, signal: AbortSignal): Promise<PlaneHolder | null> {
  for await (const { holder } of await client.install.watchHolder({ planeId: id }, { signal })) return holder
  return null
}

/** Prints each change of the operation that works on the plane. 0: it ended and released the plane; 1: its process is gone. */
async function follow(
  terminal: Terminal,
  client: Client,
  { id, name }: Plane,
  asLines: boolean,
  signal: AbortSignal,
): Promise<ExitCode> {
  const shown = new Set<string>()
  for await (const { holder } of await client.install.watchHolder({ planeId: id }, { signal })) {
    if (asLines) printJsonLine(terminal, { holder })
    else
      for (const line of holderLines(name, holder)) {
        if (!shown.has(line)) printMessage(terminal, line)
        shown.add(line)
      }
    if (holder === null) return 0
    if (holder.state === 'ended') return 1
  }
  return 0
}

/** Pure: who works on a plane, in a sentence. */
function holderLine(plane: string, holder: PlaneHolder | null): string {
  if (holder === null) return `Nobody works on "${plane}".`
  const { who, since, renewedAt, state, title } = holder
  const what = title === '' ? '' : ` ("${title}")`
  switch (state) {
    case 'working':
      return `${who} has been working on "${plane}" since ${since}${what}.`
    case 'silent':
      return `${who} has worked on "${plane}" since ${since}${what}, and has reported nothing since ${renewedAt}. A new operation observes that for 30 s before it takes over.`
    case 'ended':
      return `${who} worked on "${plane}" from ${since}${what}; that process has ended before its operation did. A new operation takes over.`
  }
}

/** Pure: the sentence, and one line for each step that has begun. */
export const holderLines = (plane: string, holder: PlaneHolder | null): string[] => [
  holderLine(plane, holder),
  ...(holder?.steps ?? []).filter(({ state }) => state !== 'pending').map(({ title, state }) => `  ${state}: ${title}`),
]
