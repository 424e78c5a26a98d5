import type { LogAccess } from '../../preload/contract/logs.ts'
import { formOf, type OptionValues, type Terminal } from './command.ts'
import { printJson, printMessage, printTable } from './print.ts'

const defaultEntries = 200

/** `hangar logs audit`: who has read, exported or deleted logs of the plane on this computer. 1: lines do not verify. */
export async function auditLogs(
  terminal: Terminal,
  planeId: string,
  limit: number | undefined,
  options: OptionValues,
): Promise<0 | 1> {
  const client = await terminal.client()
  const { entries, total, unverified } = await client.logs.accesses({ planeId, limit: limit ?? defaultEntries })
  if (formOf(options) === 'table') {
    printTable(
      terminal,
      ['TIME', 'USER', 'FROM', 'ACTION', 'ASKED FOR'],
      // Oldest first, so that the newest is at the prompt.
      entries
        .toReversed()
        .map((entry) => [
          `${entry.verified ? '' : '✗ '}${entry.at}`,
          entry.user,
          entry.host,
          entry.action,
          askedText(entry),
        ]),
    )
    printMessage(terminal, `${entries.length} of ${total} accesses are shown.`)
  } else printJson(terminal, { schemaVersion: 1, entries, total, unverified })
  if (unverified === 0) return 0
  printMessage(
    terminal,
    `✗ ${unverified} lines of the record were changed, or moved, or not written by this installation.`,
  )
  return 1
}

function askedText({ asked }: LogAccess): string {
  if (asked === null) return '(sealed)'
  return Object.entries(asked)
    .filter(([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => (name === 'text' ? String(value) : `${name}=${String(value)}`))
    .join(' ')
}
