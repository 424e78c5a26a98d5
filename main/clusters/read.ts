import { readFile, stat } from 'node:fs/promises'
import { hints, type ProblemReport } from '../../preload/contract/problem.ts'
import { decodeYaml } from '../../preload/decode-yaml.ts'
import type { KubeconfigText } from '../lib/kubernetes/kubeconfig.ts'
import { kubeconfigLimitBytes } from '../lib/kubernetes/kubeconfig-text.ts'
import type { FileGroup } from './files.ts'

export interface ReadGroup {
  readonly texts: readonly KubeconfigText[]
  readonly problems: readonly ProblemReport[]
}

/** The texts of a group. A file that cannot be read affects only itself; a missing one is a problem only where the user named it. */
export async function readGroup({ files, mustExist }: FileGroup, signal: AbortSignal): Promise<ReadGroup> {
  const texts: KubeconfigText[] = []
  const problems: ProblemReport[] = []
  for (const file of files) {
    try {
      const { size } = await stat(file)
      if (size > kubeconfigLimitBytes) {
        problems.push(unreadable(file, `it is larger than ${kubeconfigLimitBytes / 1024 / 1024} MiB`, 'EFBIG'))
      } else {
        const text = decodeYaml(await readFile(file, { signal }))
        if (text === undefined)
          problems.push(unreadable(file, 'it is not text in UTF-8, or in UTF-16 with its mark', ''))
        else texts.push({ file, text })
      }
    } catch (error) {
      signal.throwIfAborted()
      const code = error instanceof Error ? String(Reflect.get(error, 'code') ?? '') : ''
      if (code === 'ENOENT' && !mustExist) continue
      problems.push(unreadable(file, reasons[code] ?? 'it cannot be read', code))
    }
  }
  return { texts, problems }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'this user has no permission to read it',
  EPERM: 'this user has no permission to read it',
  EISDIR: 'it is a folder',
  ENOTDIR: 'its folder is a file',
}

const unreadable = (file: string, why: string, code: string): ProblemReport => ({
  code: 'KUBECONFIG_UNREADABLE',
  message: `The kubeconfig ${file} was skipped: ${why}.`,
  hint: hints.KUBECONFIG_UNREADABLE,
  evidence: code,
})
