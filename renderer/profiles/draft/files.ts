/** What was chosen: the name of a file, or its path from the chosen folder on. Never a path of this computer. */
export interface ChosenFile {
  readonly path: string
  readonly size: number
}

export type FileRefusal = 'tooLarge' | 'badName'

/** A message of the browser host has at most 16 MiB, in base64. */
export const totalLimitBytes = 10 * 1_048_576
/** Helm itself refuses larger files. */
export const fileLimitBytes = 5 * 1_048_576
const filesLimit = 5_000

/** Not part of what a vendor delivers. */
const skippedFolders: ReadonlySet<string> = new Set(['.git', '.github', 'node_modules'])
const longestPath = 500

/** The files of before with the new ones; one of the same path is replaced. */
export function withChosen<File extends ChosenFile>(
  before: readonly File[],
  chosen: readonly File[],
): { readonly files: readonly File[]; readonly refused: readonly { path: string; why: FileRefusal }[] } {
  const files = new Map(before.map((file) => [file.path, file]))
  const refused: { path: string; why: FileRefusal }[] = []
  for (const file of chosen) {
    const steps = file.path.split('/')
    if (steps.some((step) => skippedFolders.has(step))) continue
    const why = refusalOf(file, steps)
    if (why === undefined) files.set(file.path, file)
    else refused.push({ path: file.path, why })
  }
  return { files: [...files.values()], refused }
}

function refusalOf({ path, size }: ChosenFile, steps: readonly string[]): FileRefusal | undefined {
  if (size > fileLimitBytes) return 'tooLarge'
  const isRelative = steps.every((step) => step !== '' && step !== '..') && !/^[A-Za-z]:/.test(path)
  return isRelative && path.length <= longestPath && !/[\\\p{Cc}]/u.test(path) ? undefined : 'badName'
}

export function tooMuch(files: readonly ChosenFile[]): 'bytes' | 'files' | undefined {
  if (files.length > filesLimit) return 'files'
  return files.reduce((bytes, { size }) => bytes + size, 0) > totalLimitBytes ? 'bytes' : undefined
}

/** A name for the profile, from the first folder or file. As the terminal proposes it. */
export const nameFrom = (path: string): string =>
  (path.split('/')[0] ?? '')
    .replace(/\.(tgz|tar\.gz|ya?ml|sh|csv|txt)$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 60)
    .replace(/-$/, '')
