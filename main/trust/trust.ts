import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { Problem } from '../../preload/contract/problem.ts'
import { Grant } from '../../preload/contract/trust.ts'
import { makePrivateFolder, writeAtomically } from '../lib/files.ts'
import { watchFiles } from '../lib/watch-files.ts'

/** The decisions that the user has made and can take back. */
export interface Trust {
  list(): Promise<Grant[]>
  /** Replaces a grant of the same id. */
  add(grant: Grant): Promise<void>
  /** Has no effect on a grant that does not exist. */
  revoke(id: string): Promise<void>
  /** Also calls `changed` for what other processes decide, such as `hangar trust revoke`. Ends with the signal. */
  watch(signal: AbortSignal): Promise<void>
}

const TrustFile = z.strictObject({ schemaVersion: z.literal(1), grants: z.array(Grant) })

/** `file` undefined: remembers for this process only. `changed` is called after grants were added or revoked. */
export function createTrust(file: string | undefined, changed: (change: { readonly revoked: boolean }) => void): Trust {
  /** Those that `changed` was called for, and those at the start of the watch. */
  let known: readonly Grant[] = []
  let writing: Promise<unknown> = Promise.resolve()

  async function list(): Promise<Grant[]> {
    if (file === undefined) return [...known]
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
      if (file !== undefined) {
        const grants = edit(await list())
        await makePrivateFolder(dirname(file))
        await writeAtomically(file, `${JSON.stringify({ schemaVersion: 1, grants }, undefined, 2)}\n`)
      }
      // Not what the file has: another process may have revoked something of it that is not noticed yet.
      known = edit(known)
    })
    writing = next.catch(() => undefined)
    await next
  }

  /** Decisions that cannot be read allow nothing. */
  async function compare(): Promise<void> {
    await writing
    const before = known
    known = await list().catch(() => [])
    if (isDeepStrictEqual(known, before)) return
    const ids = new Set(known.map(({ id }) => id))
    changed({ revoked: before.some(({ id }) => !ids.has(id)) })
  }

  return {
    list,
    async add(grant) {
      await change((grants) => [...grants.filter(({ id }) => id !== grant.id), grant])
      changed({ revoked: false })
    },
    async revoke(id) {
      await change((grants) => grants.filter((grant) => grant.id !== id))
      changed({ revoked: true })
    },
    async watch(signal) {
      if (file === undefined) return
      await watchFiles([file], () => void compare(), signal)
      known = await list().catch(() => [])
    },
  }
}
