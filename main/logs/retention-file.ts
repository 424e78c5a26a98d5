import { readFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { LogRetention } from '../../preload/contract/logs.ts'
import { writeAtomically } from '../lib/files.ts'

/** Beside the folder of the store, which is deleted as a whole. It holds no text of a log. */
const fileOf = (storeFolder: string): string => `${storeFolder}.retention.json`

/** Everything is kept until somebody chooses otherwise. */
const keepAll: LogRetention = { days: null, bytes: null, removed: null }
const Stored = z.strictObject({ schemaVersion: z.literal(1), retention: LogRetention })

/** A file that cannot be read deletes nothing: it counts as none. */
export function readRetention(storeFolder: string): LogRetention {
  try {
    return Stored.parse(JSON.parse(readFileSync(fileOf(storeFolder), 'utf8'))).retention
  } catch {
    return keepAll
  }
}

export async function writeRetention(storeFolder: string, retention: LogRetention): Promise<void> {
  await mkdir(dirname(storeFolder), { recursive: true, mode: 0o700 })
  await writeAtomically(fileOf(storeFolder), `${JSON.stringify({ schemaVersion: 1, retention })}\n`)
}

export const removeRetention = (storeFolder: string): Promise<void> => rm(fileOf(storeFolder), { force: true })
