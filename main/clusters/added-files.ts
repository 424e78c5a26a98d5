import { createHash } from 'node:crypto'
import { readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { AddedKubeconfig } from '../../preload/contract/clusters.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { isInside } from '../lib/contained-file.ts'
import { makePrivateFolder } from '../lib/files.ts'
import { readKubeconfig } from '../lib/kubernetes/kubeconfig.ts'

export interface AddedFilesOptions {
  /** The state folder. */
  readonly home: string
  /** The linked files of the settings, absolute paths. */
  readonly linked: () => Promise<readonly string[]>
  readonly setLinked: (files: string[]) => Promise<unknown>
  /** Lets the user choose a file in a dialog of the system; undefined if cancelled. Absent: this host has none. */
  readonly choose?: (() => Promise<string | undefined>) | undefined
  /** Whether a page can send the text of a file: only where it cannot be chosen. */
  readonly acceptsUploads: boolean
  readonly changed: () => void
}

export interface AddedFiles {
  list(): Promise<AddedKubeconfig[]>
  /** Opens the dialog. Throws INPUT_INVALID where there is none, or for a file of Hangar's own folder. */
  choose(): Promise<AddedKubeconfig[]>
  /** Throws INPUT_INVALID where files can be chosen, KUBECONFIG_INVALID, and KUBECONFIG_REFUSED for what it may not name. */
  upload(input: { readonly name: string; readonly text: string }): Promise<AddedKubeconfig[]>
  remove(id: string): Promise<AddedKubeconfig[]>
  /** Absolute paths, for reading. A linked file inside Hangar's own folder is left out. */
  paths(): Promise<string[]>
}

interface Added extends AddedKubeconfig {
  readonly path: string
}

const uploadLimit = 50

/** Of the kubeconfigs that a page has sent: the only ones inside the state folder that are read. */
export const uploadsFolder = (home: string): string => join(home, 'kubeconfigs')

/** The kubeconfigs that the user has added to KUBECONFIG and ~/.kube/config. The window knows them by id and never names a path. */
export function createAddedFiles(options: AddedFilesOptions): AddedFiles {
  const { home, linked, setLinked, choose, acceptsUploads, changed } = options
  const folder = uploadsFolder(home)

  async function all(): Promise<Added[]> {
    const links = (await linked()).map(
      (path): Added => ({ id: idOf(path), name: basename(path), origin: 'linked', path }),
    )
    const ids = (await readdir(folder).catch(() => [])).filter((id) => /^[0-9a-f]{64}$/.test(id))
    const uploads = await Promise.all(
      ids.map(async (id): Promise<Added[]> => {
        const [name] = await readdir(join(folder, id))
        return name === undefined ? [] : [{ id, name, origin: 'uploaded', path: join(folder, id, name) }]
      }),
    )
    return [...links, ...uploads.flat().sort((left, right) => left.name.localeCompare(right.name))]
  }

  const list = async (): Promise<AddedKubeconfig[]> => (await all()).map(({ path: _, ...shown }) => shown)

  /** What Hangar downloads or is sent must not come back as a kubeconfig. */
  async function isOwn(path: string): Promise<boolean> {
    const [root, file] = await Promise.all([home, path].map((each) => realpath(each).catch(() => each)))
    return isInside(root ?? home, file ?? path)
  }

  return {
    list,
    async choose() {
      if (choose === undefined) throw new Problem('INPUT_INVALID', 'This host has no dialog to choose a file.')
      const path = await choose()
      if (path === undefined) return await list()
      if (await isOwn(path)) throw new Problem('INPUT_INVALID', `${path} is a file of Hangar itself.`)
      await setLinked([...new Set([...(await linked()), path])])
      changed()
      return await list()
    },
    async upload({ name, text }) {
      if (!acceptsUploads) throw new Problem('INPUT_INVALID', 'This host adds files by its dialog only.')
      checkUpload(name, text)
      const id = createHash('sha256').update(text).digest('hex')
      if ((await all()).length >= uploadLimit)
        throw new Problem('INPUT_INVALID', `At most ${uploadLimit} kubeconfigs can be added.`)
      await rm(join(folder, id), { recursive: true, force: true })
      await makePrivateFolder(folder)
      await makePrivateFolder(join(folder, id))
      await writeFile(join(folder, id, name), text, { mode: 0o600 })
      changed()
      return await list()
    },
    async remove(id) {
      const file = (await all()).find((each) => each.id === id)
      if (file?.origin === 'uploaded') await rm(join(folder, id), { recursive: true, force: true })
      if (file?.origin === 'linked') await setLinked((await linked()).filter((path) => idOf(path) !== id))
      changed()
      return await list()
    },
    async paths() {
      const files = await all()
      const own = await Promise.all(files.map(({ origin, path }) => origin === 'linked' && isOwn(path)))
      return files.filter((_file, index) => !own[index]).map(({ path }) => path)
    },
  }
}

const idOf = (path: string): string => createHash('sha256').update(path).digest('base64url').slice(0, 22)

/**
 * An uploaded file must be complete: a path in it would let the sender choose which files of this computer are read. Nor may it
 * name a program: a script in the page could upload it and then allow the program itself. Pure.
 */
function checkUpload(name: string, text: string): void {
  const invalid = (why: string) => new Problem('KUBECONFIG_INVALID', `${name} was not added: ${why}.`)
  const refused = (why: string) => new Problem('KUBECONFIG_REFUSED', `${name} was not added: ${why}.`)
  const { contexts, faults } = readKubeconfig([{ file: `/${name}`, text }])
  const [fault] = faults
  if (fault !== undefined) throw invalid(`line ${fault.line} cannot be read`)
  const [first] = contexts
  if (first === undefined) throw invalid('it has no context')
  if (first.fault !== undefined && contexts.every(({ fault: each }) => each !== undefined))
    throw invalid(`none of its contexts can be used. "${first.name}": ${first.fault.replace(/\.$/, '')}`)
  for (const { cluster, user } of contexts) {
    const files = [cluster?.authorityFile, user?.certificateFile, user?.keyFile, user?.tokenFile]
    if (files.some((file) => file !== undefined) || user?.provider !== undefined)
      throw refused('it names files. "kubectl config view --flatten --raw" prints it with their content')
    if (user?.exec !== undefined)
      throw refused('it names a program. Start Hangar with --kubeconfig, or add the file to KUBECONFIG')
  }
}
