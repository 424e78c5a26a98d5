import { randomUUID } from 'node:crypto'
import { open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReceivedKit } from '../../../preload/contract/kits.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { makePrivateFolder } from '../../lib/files.ts'

/** Kits that a page sends: it has no path of this computer, and Hangar gives it an id. */
export interface ReceivedKits {
  list(): ReceivedKit[]
  /** Throws INPUT_INVALID beyond the limit. */
  begin(input: { readonly name: string; readonly bytes: number }): Promise<ReceivedKit>
  /** `content`: base64. Throws INPUT_INVALID if it is not what comes next. */
  append(input: { readonly id: string; readonly offset: number; readonly content: string }): Promise<ReceivedKit>
  remove(input: { readonly id: string }): Promise<void>
  /** The file of a kit that has arrived. Throws INPUT_INVALID. */
  fileOf(id: string): string
}

const kitsAtMost = 3
/** What a killed Hangar has left. */
const keptMs = 86_400_000
const ending = '.kit'

export function createReceivedKits(home: string): ReceivedKits {
  const folder = join(home, 'kits')
  const kits = new Map<string, ReceivedKit>()
  /** Ids of kits of which a part is being written. */
  const writing = new Set<string>()
  const pathOf = (id: string): string => join(folder, `${id}${ending}`)

  function find(id: string): ReceivedKit {
    const kit = kits.get(id)
    if (kit === undefined) throw new Problem('INPUT_INVALID', 'This kit is not here any more. Choose its file again.')
    return kit
  }

  async function removeOld(nowMs: number): Promise<void> {
    for (const name of await readdir(folder).catch(() => [])) {
      const file = join(folder, name)
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: nowMs }))
      if (name.endsWith(ending) && nowMs - mtimeMs > keptMs) await rm(file, { force: true })
    }
  }

  return {
    list: () => [...kits.values()],
    async begin({ name, bytes }) {
      if (kits.size >= kitsAtMost)
        throw new Problem('INPUT_INVALID', `At most ${kitsAtMost} kits can be here at once. Remove one.`)
      const kit: ReceivedKit = { id: randomUUID(), name, bytes, received: 0 }
      kits.set(kit.id, kit)
      await makePrivateFolder(folder)
      await removeOld(Date.now())
      return kit
    },
    async append({ id, offset, content }) {
      const kit = find(id)
      const part = Buffer.from(content, 'base64')
      const received = offset + part.length
      if (offset !== kit.received || received > kit.bytes || writing.has(id))
        throw new Problem('INPUT_INVALID', `The next part of ${JSON.stringify(kit.name)} begins at ${kit.received}.`)
      writing.add(id)
      try {
        await writePart(pathOf(id), part, offset)
      } finally {
        writing.delete(id)
      }
      const next = { ...kit, received }
      // One that was removed meanwhile does not come back.
      if (kits.has(id)) kits.set(id, next)
      else await rm(pathOf(id), { force: true })
      return next
    },
    async remove({ id }) {
      kits.delete(id)
      await rm(pathOf(id), { force: true })
    },
    fileOf(id) {
      const { name, bytes, received } = find(id)
      if (received < bytes) throw new Problem('INPUT_INVALID', `${JSON.stringify(name)} has not arrived completely.`)
      return pathOf(id)
    },
  }
}

async function writePart(path: string, part: Buffer, offset: number): Promise<void> {
  const file = await open(path, offset === 0 ? 'w' : 'r+', 0o600)
  try {
    await file.write(part, 0, part.length, offset)
  } finally {
    await file.close()
  }
}
