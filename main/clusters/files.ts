import { join, resolve } from 'node:path'

/** What decides which kubeconfig files there are. */
export interface Places {
  /** `--kubeconfig`: these files alone. */
  readonly chosen?: readonly string[]
  /** The variable KUBECONFIG. */
  readonly variable?: string
  readonly home: string
  /** The files named in Hangar's settings: each is a configuration of its own. */
  readonly more: readonly string[]
  /** `:` or, on Windows, `;`. */
  readonly delimiter: string
}

/**
 * The kubeconfig files in groups that belong together, absolute: first those of KUBECONFIG (or `~/.kube/config`
 * where it is not set), merged as kubectl does; then each file of the settings by itself.
 * `mustExist` is true for files that someone named, as opposed to the place where one may be.
 */
export interface FileGroup {
  readonly files: readonly string[]
  readonly mustExist: boolean
}

export function kubeconfigGroups({ chosen, variable, home, more, delimiter }: Places): FileGroup[] {
  const absolute = (file: string) => resolve(file.replace(/^~(?=$|[\\/])/, home))
  if (chosen !== undefined && chosen.length > 0) return [{ files: unique(chosen.map(absolute)), mustExist: true }]
  const listed = (variable ?? '').split(delimiter).filter((file) => file.trim() !== '')
  const first: FileGroup =
    listed.length > 0
      ? { files: unique(listed.map(absolute)), mustExist: true }
      : { files: [join(home, '.kube', 'config')], mustExist: false }
  const own = unique(more.map(absolute)).filter((file) => !first.files.includes(file))
  return [first, ...own.map((file) => ({ files: [file], mustExist: true }))]
}

const unique = (files: readonly string[]): string[] => [...new Set(files)]
