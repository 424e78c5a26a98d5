import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { SavedSearch } from '../../preload/contract/logs.ts'
import { Problem } from '../../preload/contract/problem.ts'

/** A plane's saved searches as one text, which is stored encrypted: what somebody searches for can be a secret. */
export interface SearchesPorts {
  /** Throws VAULT_LOCKED. */
  read(planeId: string): Promise<string | undefined>
  /** Undefined removes them, also while the vault is locked. Throws VAULT_LOCKED. */
  write(planeId: string, text: string | undefined): Promise<void>
}

export type NewSearch = Omit<SavedSearch, 'id' | 'savedAt'>

const maxSearches = 200
const Stored = z.array(SavedSearch)

/** The searches with one more, by name. One of the same name is replaced, and keeps its id. Throws INPUT_INVALID. Pure. */
export function withSearch(
  searches: readonly SavedSearch[],
  given: NewSearch,
  made: Pick<SavedSearch, 'id' | 'savedAt'>,
): { readonly saved: SavedSearch; readonly all: readonly SavedSearch[] } {
  const name = given.name.trim()
  if (name === '') throw new Problem('INPUT_INVALID', 'A saved search needs a name.')
  const before = searches.find((each) => each.name === name)
  const saved = { ...given, ...made, name, id: before?.id ?? made.id }
  const all = [...searches.filter(({ id }) => id !== saved.id), saved].sort((a, b) => a.name.localeCompare(b.name))
  if (all.length > maxSearches)
    throw new Problem('INPUT_INVALID', `A plane has at most ${maxSearches} saved searches. Delete one first.`)
  return { saved, all }
}

export class SavedSearches {
  readonly #ports: SearchesPorts
  /** Changes are made one after another: each reads what the one before has written. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(ports: SearchesPorts) {
    this.#ports = ports
  }

  /** By name. Throws VAULT_LOCKED. */
  async list(planeId: string): Promise<SavedSearch[]> {
    const text = await this.#ports.read(planeId)
    return text === undefined ? [] : Stored.parse(JSON.parse(text))
  }

  /** Throws VAULT_LOCKED, or as `withSearch`. */
  save(planeId: string, given: NewSearch): Promise<SavedSearch> {
    return this.#change(planeId, (searches) => {
      const made = { id: randomUUID(), savedAt: new Date().toISOString() }
      const { saved, all } = withSearch(searches, given, made)
      return { all, result: saved }
    })
  }

  /** Nothing if there is none with this id. Throws VAULT_LOCKED. */
  remove(planeId: string, id: string): Promise<void> {
    return this.#change(planeId, (searches) => ({ all: searches.filter((each) => each.id !== id), result: undefined }))
  }

  async forget(planeId: string): Promise<void> {
    await this.#ports.write(planeId, undefined)
  }

  #change<T>(
    planeId: string,
    change: (searches: readonly SavedSearch[]) => { readonly all: readonly SavedSearch[]; readonly result: T },
  ): Promise<T> {
    const next = this.#last.then(async () => {
      const { all, result } = change(await this.list(planeId))
      await this.#ports.write(planeId, all.length === 0 ? undefined : JSON.stringify(all))
      return result
    })
    this.#last = next.catch(() => undefined)
    return next
  }
}
