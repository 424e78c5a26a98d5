import { constants } from 'node:fs'
import { lstat, open, realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { Problem } from '../../preload/contract/problem.ts'

/** Whether a text is a relative path on every system: no drive, no UNC path, no backslash, no control character. */
export const isRelativePath = (path: string): boolean =>
  path !== '' && !/^\/|^[A-Za-z]:|[\\\p{Cc}]/u.test(path) && !isAbsolute(path)

/** Whether `path` is `root` or below it. Both are absolute; links are not followed. */
export function isInside(root: string, path: string): boolean {
  const steps = relative(root, path)
  return steps === '' || (!isAbsolute(steps) && steps !== '..' && !steps.startsWith(`..${sep}`))
}

/**
 * The absolute path of what a file in `folder` names, which must be inside `root` with no symbolic link on the way.
 * `root` itself is the user's choice and may be behind a link. Throws FILE_INVALID; a path that does not exist is accepted.
 */
export async function containedPath(root: string, folder: string, path: string): Promise<string> {
  if (!isRelativePath(path)) throw new Problem('FILE_INVALID', `"${path}" is not a relative path with "/".`)
  const target = resolve(folder, path)
  if (!isInside(root, target)) throw new Problem('FILE_INVALID', `"${path}" is outside ${root}.`)
  let at = await realpath(root).catch(() => root)
  for (const step of relative(root, target).split(sep)) {
    at = join(at, step)
    const stats = await lstat(at).catch(() => undefined)
    if (stats?.isSymbolicLink()) throw new Problem('FILE_INVALID', `"${path}" contains a symbolic link: ${at}.`)
  }
  return at
}

/** Neither follows a link at the end of the path nor waits for the writer of a pipe. Windows has neither flag. */
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** The content of a regular file: no link, device, pipe or folder. Throws FILE_INVALID, FILE_UNREADABLE. */
export async function readRegularFile(file: string, limitBytes: number): Promise<Buffer> {
  const handle = await open(file, openFlags).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ELOOP') throw new Problem('FILE_INVALID', `${file} is a symbolic link.`)
    throw new Problem('FILE_UNREADABLE', `${file} cannot be read (${cause.code ?? 'unknown'}).`, '', { cause })
  })
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw new Problem('FILE_INVALID', `${file} is not a regular file.`)
    if (stats.size > limitBytes)
      throw new Problem('FILE_INVALID', `${file} is larger than ${mebibytes(limitBytes)} MiB.`)
    // A file that grows meanwhile, or one of /proc without a size, is read to the limit only.
    const content = Buffer.alloc(stats.size + 1)
    let length = 0
    for (;;) {
      const { bytesRead } = await handle.read(content, length, content.length - length)
      length += bytesRead
      if (bytesRead === 0 || length === content.length) break
    }
    if (length > stats.size) throw new Problem('FILE_INVALID', `${file} changes while it is read.`)
    return content.subarray(0, length)
  } finally {
    await handle.close()
  }
}

const mebibytes = (bytes: number): number => Math.round((bytes / 1_048_576) * 10) / 10
