import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { RecordedEntry } from '../../preload/contract/activity.ts'
import { makePrivateFolder, writeAtomically } from '../lib/files.ts'
import { withLock } from '../lib/lock.ts'
import { LineChain, readSignedLines, unsignedValue } from '../lib/signed-lines.ts'

const dayMs = 86_400_000

/** How much is stored of a plane, or of all profiles. */
const usualLimits = { days: 90, entriesADay: 300 }

/** What is recorded of one plane, or of all profiles. */
export interface Recorded {
  readonly entries: readonly RecordedEntry[]
  readonly unverifiedDays: number
  readonly fullDays: number
}

interface Day {
  readonly entries: readonly RecordedEntry[]
  readonly verified: boolean
}

/**
 * Records of activity: a folder per subject (the id of a plane, or "profiles") with a file per day (UTC) of signed lines. A file
 * is bound to its subject and day. Old days are removed; a full day takes no more.
 */
export interface DayFiles {
  /** False: the day is full, or `isKnown` says that of the entries of the day. */
  append(
    subject: string,
    entry: RecordedEntry,
    isKnown?: (ofDay: readonly RecordedEntry[]) => boolean,
  ): Promise<boolean>
  read(subject: string): Promise<Recorded>
  remove(subject: string): Promise<void>
}

const dayOf = (at: string): string => new Date(at).toISOString().slice(0, 10)
const dayFile = /^(\d{4}-\d{2}-\d{2})(\.changed)?\.jsonl$/

export function createDayFiles(
  folder: string,
  key: () => Promise<Buffer>,
  limits = usualLimits,
  now: () => number = Date.now,
): DayFiles {
  /** Files of earlier days no longer change. By subject and file name. */
  const past = new Map<string, Day>()

  const chainOf = async (subject: string, day: string): Promise<LineChain> =>
    new LineChain(await key(), ['activity', subject, day])

  /** The lines up to the first one that this installation did not write. */
  async function readDay(subject: string, day: string): Promise<Day> {
    const file = join(folder, subject, `${day}.jsonl`)
    const { lines, verified } = await readSignedLines(file, await chainOf(subject, day)).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return { lines: [], verified: true }
        throw error
      },
    )
    if (verified) return { entries: lines.flatMap(entryIn), verified }
    const chain = await chainOf(subject, day)
    const end = lines.findIndex((line) => !chain.verify(line))
    return { entries: lines.slice(0, end).flatMap(entryIn), verified }
  }

  async function write(subject: string, day: string, entries: readonly RecordedEntry[]): Promise<void> {
    const chain = await chainOf(subject, day)
    const text = entries.map((entry) => `${chain.sign(entry)}\n`).join('')
    await writeAtomically(join(folder, subject, `${day}.jsonl`), text)
  }

  async function names(subject: string): Promise<readonly string[]> {
    const all = await readdir(join(folder, subject)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    })
    return all.filter((name) => dayFile.test(name)).sort()
  }

  const oldestDay = (): string => dayOf(new Date(now() - (limits.days - 1) * dayMs).toISOString())

  async function removeOld(subject: string): Promise<void> {
    for (const name of await names(subject))
      if (name.slice(0, 10) < oldestDay()) await rm(join(folder, subject, name), { force: true })
  }

  return {
    async append(subject, entry, isKnown = () => false) {
      const day = dayOf(entry.at)
      await makePrivateFolder(join(folder, subject))
      return await withLock(join(folder, subject, `${day}.lock`), async () => {
        const { entries, verified } = await readDay(subject, day)
        if (isKnown(entries) || entries.length >= limits.entriesADay) return false
        // What was changed stays beside it, as evidence.
        if (!verified)
          await rename(join(folder, subject, `${day}.jsonl`), join(folder, subject, `${day}.changed.jsonl`))
        await write(subject, day, [...entries, entry])
        if (entries.length === 0) await removeOld(subject)
        return true
      })
    },
    async read(subject) {
      const today = dayOf(new Date(now()).toISOString())
      const entries: RecordedEntry[] = []
      const unverified = new Set<string>()
      let fullDays = 0
      for (const name of await names(subject)) {
        const day = name.slice(0, 10)
        if (day < oldestDay()) continue
        if (name.endsWith('.changed.jsonl')) {
          unverified.add(day)
          continue
        }
        const cacheKey = `${subject}/${name}`
        const read = past.get(cacheKey) ?? (await readDay(subject, day))
        if (day < today && read.verified) past.set(cacheKey, read)
        entries.push(...read.entries)
        if (!read.verified) unverified.add(day)
        if (read.entries.length >= limits.entriesADay) fullDays += 1
      }
      return { entries, unverifiedDays: unverified.size, fullDays }
    },
    async remove(subject) {
      for (const cacheKey of past.keys()) if (cacheKey.startsWith(`${subject}/`)) past.delete(cacheKey)
      await rm(join(folder, subject), { recursive: true, force: true })
    },
  }
}

/** A line of a later version of Hangar can have another form: it is left out. */
function entryIn(line: string): readonly RecordedEntry[] {
  if (line === '') return []
  const { success, data } = RecordedEntry.safeParse(unsignedValue(line))
  return success ? [data] : []
}
