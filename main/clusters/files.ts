import { join, resolve } from 'node:path'

/** The sources of kubeconfig files. */
export interface KubeconfigSources {
  /** `--kubeconfig`: only these files. */
  readonly chosen?: readonly string[]
  /** The variable KUBECONFIG. */
  readonly variable?: string
  readonly home: string
  /** The files in Hangar's settings: each is a separate configuration. */
  readonly more: readonly string[]
  /** `:` or, on Windows, `;`. */
  readonly delimiter: string
}

/**
 * Absolute kubeconfig files that are merged: first those of KUBECONFIG (or `~/.kube/config` where it is not set), as
 * kubectl does; then each file of the settings separately. `mustExist`: the user named the files; the default may be missing.
 */
export interface FileGroup {
  readonly files: readonly string[]
  /** Of KUBECONFIG or ~/.kube/config, which kubectl uses too. */
  readonly isOwn: boolean
  readonly mustExist: boolean
}

export function kubeconfigGroups({ chosen, variable, home, more, delimiter }: KubeconfigSources): FileGroup[] {
  const absolute = (file: string) => resolve(file.replace(/^~(?=$|[\\/])/, home))
  if (chosen !== undefined && chosen.length > 0)
    return [{ files: unique(chosen.map(absolute)), mustExist: true, isOwn: false }]
  const listed = (variable ?? '').split(delimiter).filter((file) => file.trim() !== '')
  const first: FileGroup =
    listed.length > 0
      ? { files: unique(listed.map(absolute)), mustExist: true, isOwn: true }
      : { files: [join(home, '.kube', 'config')], mustExist: false, isOwn: true }
  const own = unique(more.map(absolute)).filter((file) => !first.files.includes(file))
  return [first, ...own.map((file) => ({ files: [file], mustExist: true, isOwn: false }))]
}

const unique = (files: readonly string[]): string[] => [...new Set(files)]
