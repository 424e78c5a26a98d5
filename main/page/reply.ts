import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { findFile, mediaType } from './files.ts'
import { commonHeaders, contentPolicy } from './policy.ts'

/** The response to a request of the page, before the host's own headers. */
export interface Reply {
  readonly status: 200 | 404
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer<ArrayBuffer>
}

/** The host, written into the page, which selects its transport to the core by it. */
export interface PageHost {
  readonly kind: 'desktop' | 'browser'
  /** The one source of `connect-src`. */
  readonly connect: string
}

/** Placeholders in `renderer/index.html` that the host replaces; the nonce is new for each load. */
const nonceMark = 'HANGAR_NONCE'
const hostMark = 'HANGAR_HOST'

/** The response with the file of the built window at `root` for `urlPath`. Only the page itself is not cached. */
export async function replyWith(root: string, urlPath: string, host: PageHost): Promise<Reply> {
  const nonce = randomBytes(16).toString('base64')
  const headers = { ...commonHeaders, 'content-security-policy': contentPolicy(nonce, host.connect) }
  const file = await findFile(root, urlPath)
  const content = file === undefined ? undefined : await readOrNothing(file)
  if (file === undefined || content === undefined) {
    return {
      status: 404,
      headers: { ...headers, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
      body: Buffer.from('There is no such file.\n'),
    }
  }
  const type = mediaType(file) ?? 'application/octet-stream'
  if (!file.endsWith('.html')) {
    // The names of built files carry a hash of their content.
    const keep = urlPath.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache'
    return { status: 200, headers: { ...headers, 'content-type': type, 'cache-control': keep }, body: content }
  }
  const page = content.toString('utf8').replaceAll(nonceMark, nonce).replaceAll(hostMark, host.kind)
  return {
    status: 200,
    headers: { ...headers, 'content-type': type, 'cache-control': 'no-store' },
    body: Buffer.from(page),
  }
}

/** Undefined for a folder with the name of a file, and for a file that was just removed. */
async function readOrNothing(file: string): Promise<Buffer<ArrayBuffer> | undefined> {
  try {
    return await readFile(file)
  } catch {
    return undefined
  }
}
