import { randomUUID } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import { type ImportedValues, Plane, type PlaneValues, type planes } from '../../preload/contract/planes.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { makePrivateFolder, writeAtomically } from '../lib/files.ts'
import { refuseOtherCluster } from '../lib/kubernetes/cluster-uid.ts'
import { importValues } from './values-file.ts'

export interface PlanesPorts {
  /** Throws SETTINGS_INVALID or PROFILE_UNKNOWN. */
  checkSettings(profile: string, settings: JsonObject): Promise<void>
  /** The schema of a profile's settings. Throws PROFILE_*. */
  settingsSchema(profile: string): Promise<JsonObject>
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
  /** Of the cluster of a context; undefined if this user is not permitted to read it. Throws CLUSTER_*. */
  clusterUid(contextId: string): Promise<string | undefined>
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
type SetContext = z.infer<NonNullable<(typeof planes.setContext)['~orpc']['inputSchema']>>
type Update = z.infer<NonNullable<(typeof planes.update)['~orpc']['inputSchema']>>

/** The planes of this computer, one JSON file each. */
export interface Planes {
  list(): Promise<Plane[]>
  get(planeId: string): Promise<Plane>
  create(input: Create): Promise<Plane>
  update(input: Update): Promise<Plane>
  /** Like `create`, for a plane that was found in its cluster: its settings may be incomplete. */
  reconnect(input: Omit<Create, 'overrides'> & Pick<Plane, 'installedBy'>): Promise<Plane>
  setContext(input: SetContext): Promise<Plane>
  /** Uses another context of the same cluster in this process only. Throws CONTEXT_UNKNOWN, KUBECONFIG_INVALID or CLUSTER_OTHER. */
  reach(input: Pick<SetContext, 'planeId' | 'contextId'>): Promise<Plane>
  /** Records the cluster that the plane is installed on. */
  bind(planeId: string, clusterUid: string): Promise<void>
  describe(input: Describe): Promise<Plane>
  remove(planeId: string): Promise<void>
  /** Throws FILE_INVALID or PROFILE_*. */
  importValues(file: {
    readonly profile: string
    readonly name: string
    readonly text: string
  }): Promise<ImportedValues>
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

  /** Contexts of this process only, which are never saved. By the plane's id. */
  const contexts = new Map<string, Pick<Plane, 'contextId' | 'contextName'>>()
  const withContext = (plane: Plane): Plane => ({ ...plane, ...contexts.get(plane.id) })

  const save = async (plane: Plane): Promise<Plane> => {
    await makePrivateFolder(folder)
    await writeAtomically(fileOf(plane.id), `${JSON.stringify(plane, undefined, 2)}\n`)
    return withContext(plane)
  }

  const saved = async (planeId: string): Promise<Plane> => {
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

  async function add(
    description: Omit<Create, 'overrides'> & Pick<Plane, 'installedBy'>,
    overrides: Overrides,
    checkSettings: () => Promise<void>,
  ): Promise<Plane> {
    await refuseTaken(description.name)
    const { profile, settings, contextId } = description
    const contextName = await ports.contextName(contextId)
    await checkSettings()
    const id = randomUUID()
    const overridden = await storeOverrides(id, overrides)
    await ports.pinProfile({ id, profile, settings })
    return save({ id, ...description, overridden, contextName, createdAt: new Date().toISOString() })
  }

  async function refuseContextOfOther(plane: Plane, contextId: string, contextName: string): Promise<void> {
    if (plane.clusterUid === undefined) return
    refuseOtherCluster(plane, contextName, await ports.clusterUid(contextId))
  }

  return {
    list: async () => (await list()).map(withContext),
    get: async (planeId) => withContext(await saved(planeId)),
    async create({ overrides, ...description }) {
      return await add(description, overrides, () => ports.checkSettings(description.profile, description.settings))
    },
    reconnect: async (description) => {
      const plane = await add(description, {}, async () => undefined)
      // A cluster that does not tell its identity can be connected to nevertheless.
      const clusterUid = await ports.clusterUid(plane.contextId).catch(() => undefined)
      return save({ ...plane, connectedAt: plane.createdAt, ...(clusterUid !== undefined && { clusterUid }) })
    },
    async update({ planeId, settings, overrides }) {
      const plane = await saved(planeId)
      await ports.checkChangedSettings(plane, settings)
      const overridden = overrides === undefined ? plane.overridden : await storeOverrides(planeId, overrides)
      const changed = await save({ ...plane, settings, overridden })
      await ports.settingsChanged(changed)
      return changed
    },
    async setContext({ planeId, contextId, otherCluster = false }) {
      const plane = await saved(planeId)
      const contextName = await ports.usableContextName(contextId)
      await ports.refuseRunning(planeId)
      if (!otherCluster) await refuseContextOfOther(plane, contextId, contextName)
      contexts.delete(planeId)
      const clusterUid = otherCluster ? undefined : plane.clusterUid
      const changed = await save({ ...plane, contextId, contextName, clusterUid })
      ports.contextChanged(changed)
      return changed
    },
    async reach({ planeId, contextId }) {
      const plane = await saved(planeId)
      const contextName = await ports.usableContextName(contextId)
      await refuseContextOfOther(plane, contextId, contextName)
      contexts.set(planeId, { contextId, contextName })
      return withContext(plane)
    },
    async bind(planeId, clusterUid) {
      await save({ ...(await saved(planeId)), clusterUid })
    },
    async describe({ planeId, name, labels, pinned }) {
      const plane = await saved(planeId)
      if (name !== undefined && name !== plane.name) await refuseTaken(name)
      return save({
        ...plane,
        ...(name === undefined ? {} : { name }),
        ...(labels === undefined ? {} : { labels }),
        ...(pinned === undefined ? {} : { pinned }),
      })
    },
    importValues: async ({ profile, name, text }) => importValues(name, text, await ports.settingsSchema(profile)),
    async remove(planeId) {
      await saved(planeId)
      await ports.forget(planeId)
      await rm(fileOf(planeId), { force: true })
    },
    async markInstalled(planeId, at) {
      // Its releases have Hangar's marks from now on, also if others installed them.
      await save({ ...(await saved(planeId)), installedAt: at, uninstalledAt: undefined, installedBy: undefined })
    },
    async markUninstalled(planeId, at) {
      await save({ ...(await saved(planeId)), uninstalledAt: at, clusterUid: undefined })
    },
  }
}
