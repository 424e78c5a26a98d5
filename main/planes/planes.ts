import { randomUUID } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import { Plane, type PlaneValues, type planes } from '../../preload/contract/planes.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { makePrivateFolder, writeAtomically } from '../lib/files.ts'

export interface PlanesPorts {
  /** Throws SETTINGS_INVALID or PROFILE_UNKNOWN. */
  checkSettings(profile: string, settings: JsonObject): Promise<void>
  /** The settings of a plane, by the profile that was approved for it. Throws SETTINGS_INVALID or PROFILE_CHANGED. */
  checkChangedSettings(plane: Plane, settings: JsonObject): Promise<void>
  /** Approves the profile of a new plane, unless the user has to be asked first. */
  pinProfile(plane: Pick<Plane, 'id' | 'profile' | 'settings'>): Promise<void>
  /** Called with a plane whose settings changed. */
  settingsChanged(plane: Plane): Promise<void>
  /** The context's name; throws CONTEXT_UNKNOWN. */
  contextName(contextId: string): Promise<string>
  /** The same for a context that can be used; throws KUBECONFIG_INVALID too. */
  usableContextName(contextId: string): Promise<string>
  /** Throws OPERATION_RUNNING where an operation uses the plane's cluster. */
  refuseRunning(planeId: string): Promise<void>
  /** Called with a plane whose context changed. */
  contextChanged(plane: Plane): void
  /** Stores overrides in the vault; undefined removes them. Throws VAULT_LOCKED. */
  storeOverrides(planeId: string, overrides: Overrides | undefined): Promise<void>
  /** Removes what other features store for the plane: credentials, logs, last known states. */
  forget(planeId: string): Promise<void>
}

type Overrides = PlaneValues['overrides']
type Create = z.infer<NonNullable<(typeof planes.create)['~orpc']['inputSchema']>>
type Describe = z.infer<NonNullable<(typeof planes.describe)['~orpc']['inputSchema']>>
type Update = z.infer<NonNullable<(typeof planes.update)['~orpc']['inputSchema']>>

/** The planes of this computer, one JSON file each. */
export interface Planes {
  list(): Promise<Plane[]>
  get(planeId: string): Promise<Plane>
  create(input: Create): Promise<Plane>
  update(input: Update): Promise<Plane>
  setContext(input: { readonly planeId: string; readonly contextId: string }): Promise<Plane>
  describe(input: Describe): Promise<Plane>
  remove(planeId: string): Promise<void>
  markInstalled(planeId: string, at: string): Promise<void>
  markUninstalled(planeId: string, at: string): Promise<void>
}

export function createPlanes(folder: string, ports: PlanesPorts): Planes {
  const fileOf = (planeId: string): string => join(folder, `${planeId}.json`)

  const read = async (file: string): Promise<Plane> => {
    const text = await readFile(file, 'utf8')
    try {
      return Plane.parse(JSON.parse(text))
    } catch (error) {
      throw new Problem('FILE_INVALID', `${file} is not a valid plane.`, '', { cause: error })
    }
  }

  const save = async (plane: Plane): Promise<Plane> => {
    await makePrivateFolder(folder)
    await writeAtomically(fileOf(plane.id), `${JSON.stringify(plane, undefined, 2)}\n`)
    return plane
  }

  const get = async (planeId: string): Promise<Plane> => {
    const plane = (await list()).find(({ id }) => id === planeId)
    if (plane === undefined) throw new Problem('PLANE_UNKNOWN', `There is no plane ${planeId}.`)
    return plane
  }

  async function refuseTaken(name: string): Promise<void> {
    if ((await list()).some((plane) => plane.name === name))
      throw new Problem('PLANE_EXISTS', `A plane named "${name}" already exists.`)
  }

  async function list(): Promise<Plane[]> {
    const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw new Problem('FILE_UNREADABLE', `${folder} cannot be read (${error.code ?? 'unknown'}).`)
    })
    const names = entries.filter((name) => name.endsWith('.json'))
    // A damaged file does not affect the other planes.
    const results = await Promise.allSettled(names.map((name) => read(join(folder, name))))
    return results
      .flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
      .sort((a, b) => a.name.localeCompare(b.name))
  }

  /** Overrides may contain secrets, so the plane's file has only their names. */
  const storeOverrides = async (planeId: string, overrides: Overrides): Promise<string[]> => {
    const names = Object.keys(overrides)
    await ports.storeOverrides(planeId, names.length === 0 ? undefined : overrides)
    return names
  }

  return {
    list,
    get,
    async create(input) {
      await refuseTaken(input.name)
      const contextName = await ports.contextName(input.contextId)
      await ports.checkSettings(input.profile, input.settings)
      const { overrides, ...description } = input
      const id = randomUUID()
      const overridden = await storeOverrides(id, overrides)
      await ports.pinProfile({ id, profile: input.profile, settings: input.settings })
      return save({ id, ...description, overridden, contextName, createdAt: new Date().toISOString() })
    },
    async update({ planeId, settings, overrides }) {
      const plane = await get(planeId)
      await ports.checkChangedSettings(plane, settings)
      const overridden = overrides === undefined ? plane.overridden : await storeOverrides(planeId, overrides)
      const changed = await save({ ...plane, settings, overridden })
      await ports.settingsChanged(changed)
      return changed
    },
    async setContext({ planeId, contextId }) {
      const plane = await get(planeId)
      const contextName = await ports.usableContextName(contextId)
      await ports.refuseRunning(planeId)
      const changed = await save({ ...plane, contextId, contextName })
      ports.contextChanged(changed)
      return changed
    },
    async describe({ planeId, name, labels, pinned }) {
      const plane = await get(planeId)
      if (name !== undefined && name !== plane.name) await refuseTaken(name)
      return save({
        ...plane,
        ...(name === undefined ? {} : { name }),
        ...(labels === undefined ? {} : { labels }),
        ...(pinned === undefined ? {} : { pinned }),
      })
    },
    async remove(planeId) {
      await get(planeId)
      await ports.forget(planeId)
      await rm(fileOf(planeId), { force: true })
    },
    async markInstalled(planeId, at) {
      await save({ ...(await get(planeId)), installedAt: at, uninstalledAt: undefined })
    },
    async markUninstalled(planeId, at) {
      await save({ ...(await get(planeId)), uninstalledAt: at })
    },
  }
}
