import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { Problem } from '../../preload/contract/problem.ts'
import { Grant } from '../../preload/contract/trust.ts'
import { makePrivateFolder, writeAtomically } from '../lib/files.ts'

/** The decisions that the user has made and can take back. */
export interface Trust {
  list(): Promise<Grant[]>
  /** Replaces a grant of the same id. */
  add(grant: Grant): Promise<void>
  /** Has no effect on a grant that does not exist. */
  revoke(id: string): Promise<void>
}

const TrustFile = z.strictObject({ schemaVersion: z.literal(1), grants: z.array(Grant) })

/** `file` undefined: remembers for this process only. `changed` is called after a grant was added or revoked. */
export function createTrust(file: string | undefined, changed: (revoked?: Grant) => void): Trust {
  let memory: readonly Grant[] = []
  let writing: Promise<unknown> = Promise.resolve()

  async function list(): Promise<Grant[]> {
    if (file === undefined) return [...memory]
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw new Problem('FILE_UNREADABLE', `${file} cannot be read (${error.code ?? 'unknown'}).`)
    })
    if (text === undefined) return []
    try {
      return TrustFile.parse(JSON.parse(text)).grants
    } catch (error) {
      throw new Problem('FILE_INVALID', `${file} does not contain valid decisions.`, '', { cause: error })
    }
  }

  /** One change at a time: two at once would lose one. */
  async function change(edit: (grants: readonly Grant[]) => readonly Grant[]): Promise<void> {
    const next = writing.then(async () => {
      const grants = edit(await list())
      memory = grants
      if (file === undefined) return
      await makePrivateFolder(dirname(file))
      await writeAtomically(file, `${JSON.stringify({ schemaVersion: 1, grants }, undefined, 2)}\n`)
    })
    writing = next.catch(() => undefined)
    await next
  }

  return {
    list,
    async add(grant) {
      await change((grants) => [...grants.filter(({ id }) => id !== grant.id), grant])
      changed()
    },
    async revoke(id) {
      const revoked = (await list()).find((grant) => grant.id === id)
      await change((grants) => grants.filter((grant) => grant.id !== id))
      changed(revoked)
    },
  }
}
