import { readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { Timestamp } from '../../preload/contract/words.ts'
import { ComponentStatus, ObjectStatus } from '../../preload/contract/workloads.ts'
import { makePrivateFolder, writeAtomically } from '../lib/files.ts'

/** A plane's state as it was last seen: names, states and reasons, no contents of any object. */
export const LastKnown = z.strictObject({
  schemaVersion: z.literal(1),
  asOf: Timestamp,
  components: z.array(ComponentStatus),
  objects: z.array(ObjectStatus),
})
export type LastKnown = z.infer<typeof LastKnown>

export function lastKnownFile(home: string, planeId: string): string {
  return join(home, 'workloads', `${planeId}.json`)
}

/** What was kept; `undefined` where nothing was, or where it cannot be read: the cluster will tell it anew. */
export async function readLastKnown(file: string): Promise<LastKnown | undefined> {
  try {
    const parsed = LastKnown.safeParse(JSON.parse(await readFile(file, 'utf8')))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

export async function keepLastKnown(file: string, state: LastKnown): Promise<void> {
  await makePrivateFolder(dirname(file))
  await writeAtomically(file, JSON.stringify(state))
}

export async function forgetLastKnown(file: string): Promise<void> {
  await rm(file, { force: true })
}
