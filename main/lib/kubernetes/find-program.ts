import { access, constants, lstat, readlink, realpath, stat } from 'node:fs/promises'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'

export interface FoundProgram {
  /** What is started: programs that serve several names need theirs. */
  readonly path: string
  /** The file behind it, links resolved. */
  readonly realPath: string
}

/**
 * The program that a command names: an absolute path, or a name on the PATH. Like Go's exec.LookPath since 1.19, it
 * ignores relative folders in the PATH. Undefined if there is none.
 */
export async function findProgram(
  command: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<FoundProgram | undefined> {
  for (const path of candidates(command, environment)) {
    if (await isExecutable(path)) return { path, realPath: await realpath(path) }
  }
  return undefined
}

function candidates(command: string, environment: Readonly<Record<string, string | undefined>>): string[] {
  const extensions =
    process.platform === 'win32' && !/\.\w+$/.test(command) ? (environment.PATHEXT ?? '.COM;.EXE').split(';') : ['']
  const folders = isAbsolute(command)
    ? ['']
    : (environment.PATH ?? environment.Path ?? '').split(delimiter).filter((folder) => isAbsolute(folder))
  return folders.flatMap((folder) =>
    extensions.map((extension) => `${folder === '' ? command : join(folder, command)}${extension}`),
  )
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false
    await access(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Whether only this user and root can replace the program: it, each link on the way to it, and the folders of all of them
 * belong to one of the two, and nobody else can write to them. On Windows permissions are not modes: false.
 */
export async function isProtected({ path }: Pick<FoundProgram, 'path'>): Promise<boolean> {
  const user = process.getuid?.()
  if (user === undefined) return false
  const pending = [path]
  const seen = new Set<string>()
  for (let each = pending.pop(); each !== undefined; each = pending.pop()) {
    if (seen.has(each)) continue
    seen.add(each)
    const { uid, mode, isLink } = await linkStat(each)
    // A link has no permissions of its own: who can write to its folder replaces it.
    if ((uid !== 0 && uid !== user) || (!isLink && (mode & 0o022) !== 0)) return false
    if (isLink) pending.push(resolve(await realpath(dirname(each)), await readlink(each)))
    if (each !== dirname(each)) pending.push(dirname(each))
  }
  return true
}

async function linkStat(path: string): Promise<{ uid: number; mode: number; isLink: boolean }> {
  const found = await lstat(path)
  return { uid: found.uid, mode: found.mode, isLink: found.isSymbolicLink() }
}
