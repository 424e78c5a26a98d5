import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { findFile, mediaType } from './files.ts'
import { commonHeaders, contentPolicy } from './policy.ts'

/** What a host answers to a request of its page, before the host's own headers. */
export interface Reply {
  readonly status: 200 | 404
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer<ArrayBuffer>
}

/** Who serves the page, written into it: it says by which transport the page reaches the core. */
export interface PageHost {
  readonly kind: 'desktop' | 'browser'
  /** The one source of `connect-src`. */
  readonly connect: string
}

/** Stand in `renderer/index.html` for what only the host knows, a fresh nonce for each load among it. */
const nonceMark = 'HANGAR_NONCE'
const hostMark = 'HANGAR_HOST'

/** The file of the built window at `root` that `urlPath` names, ready to be sent. Only the page itself is never kept. */
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

/** A folder with a file's name, or one removed just now, is no file. */
async function readOrNothing(file: string): Promise<Buffer<ArrayBuffer> | undefined> {
  try {
    return await readFile(file)
  } catch {
    return undefined
  }
}
