import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Observation, PlaneVerdict } from '../../preload/contract/fleet.ts'
import { Timestamp } from '../../preload/contract/words.ts'
import { makePrivateFolder, writeAtomically } from '../lib/files.ts'
import { LineChain, readSignedLines, unsignedValue } from '../lib/signed-lines.ts'
import type { Hours } from './hours.ts'

const Saved = z.strictObject({
  schemaVersion: z.literal(1),
  observedAt: Timestamp,
  observation: Observation,
  hours: z.array(z.tuple([z.int().nonnegative(), PlaneVerdict])).max(48),
})

/** What is known of a plane. */
export interface FleetRecord {
  readonly observation: Observation
  readonly observedAt: string
  readonly hours: Hours
}

/** The records of planes, one signed file each: one that this installation did not write as it is says nothing. */
export interface FleetRecords {
  read(planeId: string): Promise<FleetRecord | undefined>
  save(planeId: string, record: FleetRecord): Promise<void>
  remove(planeId: string): Promise<void>
}

export function createFleetRecords(folder: string, key: () => Promise<Buffer>): FleetRecords {
  const fileOf = (planeId: string) => join(folder, `${planeId}.json`)
  const chainOf = async (planeId: string) => new LineChain(await key(), ['fleet', planeId])
  return {
    async read(planeId) {
      try {
        const { lines, verified } = await readSignedLines(fileOf(planeId), await chainOf(planeId))
        if (!verified) return undefined
        const { observation, observedAt, hours } = Saved.parse(unsignedValue(lines[0] ?? ''))
        return { observation, observedAt, hours: new Map(hours) }
      } catch {
        return undefined // there is none, or it is damaged: the cluster is asked again
      }
    },
    async save(planeId, { observation, observedAt, hours }) {
      await makePrivateFolder(folder)
      const chain = await chainOf(planeId)
      const line = chain.sign({ schemaVersion: 1, observedAt, observation, hours: [...hours] })
      await writeAtomically(fileOf(planeId), `${line}\n`)
    },
    remove: (planeId) => rm(fileOf(planeId), { force: true }),
  }
}
