import { realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'

/** The file types of a built window. Other files are not served. */
const kinds: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
}

/** The media type of a file of the window; undefined for other files. */
export function mediaType(file: string): string | undefined {
  return kinds[file.slice(file.lastIndexOf('.') + 1)]
}

/**
 * The file below `root` for the path of a URL; `/` is the page itself. Undefined for a path outside of `root`, however it
 * is written: `..`, also percent-encoded, a backslash, a NUL, a drive or an absolute path.
 */
export function pathWithin(root: string, urlPath: string): string | undefined {
  let path: string
  try {
    path = decodeURIComponent(urlPath)
  } catch {
    return undefined // an invalid percent-encoding
  }
  if (!path.startsWith('/') || /[\\\0:%]/.test(path)) return undefined
  const segments = path.slice(1).split('/')
  if (segments.some((segment) => segment === '..' || segment === '.' || segment.startsWith('.'))) return undefined
  const file = join(root, ...(path === '/' ? ['index.html'] : segments))
  return isBelow(root, file) ? file : undefined
}

/** As `pathWithin`, with symbolic links resolved: undefined for a link to the outside, and for a missing file. */
export async function findFile(root: string, urlPath: string): Promise<string | undefined> {
  const named = pathWithin(root, urlPath)
  if (named === undefined || mediaType(named) === undefined) return undefined
  try {
    const [base, file] = await Promise.all([realpath(root), realpath(named)])
    return isBelow(base, file) ? file : undefined
  } catch {
    return undefined
  }
}

function isBelow(root: string, file: string): boolean {
  const way = relative(root, file)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
