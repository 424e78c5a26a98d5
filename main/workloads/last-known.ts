import { readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { Timestamp } from '../../preload/contract/words.ts'
import { ComponentStatus, ObjectStatus } from '../../preload/contract/workloads.ts'
import { makePrivateFolder, writeAtomically } from '../lib/files.ts'

/** The last known state of a plane: names, health and reasons, but no contents of objects. */
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

/** Undefined if no state was saved or it cannot be read: it will be read from the cluster again. */
export async function readLastKnown(file: string): Promise<LastKnown | undefined> {
  try {
    const parsed = LastKnown.safeParse(JSON.parse(await readFile(file, 'utf8')))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

export async function saveLastKnown(file: string, state: LastKnown): Promise<void> {
  await makePrivateFolder(dirname(file))
  await writeAtomically(file, JSON.stringify(state))
}

export async function removeLastKnown(file: string): Promise<void> {
  await rm(file, { force: true })
}
