import { realpath } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { hints, type ProblemReport } from '../../preload/contract/problem.ts'
import { isInside } from '../lib/contained-file.ts'
import { uploadsFolder } from './added-files.ts'
import type { FileGroup } from './files.ts'

/**
 * The groups without the files inside the folder, and a problem for each. Hangar writes to its state folder what comes from
 * elsewhere, such as charts, and it must not connect to what such a file says. Uploaded kubeconfigs were checked before they
 * were stored. Links are followed.
 */
export async function withoutFilesIn(
  folder: string | undefined,
  groups: readonly FileGroup[],
): Promise<{ readonly groups: readonly FileGroup[]; readonly problems: readonly ProblemReport[] }> {
  if (folder === undefined) return { groups, problems: [] }
  const root = await realPathOf(folder)
  const uploads = uploadsFolder(root)
  const problems: ProblemReport[] = []
  const kept = groups.map(async (group): Promise<FileGroup> => {
    const files: string[] = []
    for (const file of group.files) {
      const path = await realPathOf(file)
      if (isInside(root, path) && !isInside(uploads, path)) problems.push(refused(file, folder))
      else files.push(file)
    }
    return { ...group, files }
  })
  return { groups: (await Promise.all(kept)).filter(({ files }) => files.length > 0), problems }
}

/** Of a path that does not exist, as far as it does. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(await realPathOf(parent), relative(parent, path))
  }
}

const refused = (file: string, folder: string): ProblemReport => ({
  code: 'KUBECONFIG_REFUSED',
  message: `The kubeconfig ${file} was skipped: it is in Hangar's own folder. Move it elsewhere.`,
  hint: hints.KUBECONFIG_REFUSED,
  evidence: folder,
})
