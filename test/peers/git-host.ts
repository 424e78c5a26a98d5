import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { run } from '../../scripts/run.ts'
import type { Authority } from './authority.ts'
import { type ListenAddress, type PeerServer, startPeerServer } from './peer-server.ts'

/** Git's own server side, where git is installed with it. */
const findBackend = (): string | undefined => {
  const { stdout, status } = spawnSync('git', ['--exec-path'], { encoding: 'utf8' })
  const path = join((stdout ?? '').trim(), 'git-http-backend')
  return status === 0 && existsSync(path) ? path : undefined
}

/** A repository with one commit, created without the user's configuration. */
const makeRepository = async (folder: string, signal: AbortSignal): Promise<void> => {
  const bare = join(folder, 'hangar', 'updates.git')
  await mkdir(bare, { recursive: true })
  const readme = join(folder, 'README')
  await writeFile(readme, 'Updates of the demo plane.\n')
  const who = {
    GIT_AUTHOR_NAME: 'Updates',
    GIT_AUTHOR_EMAIL: 'updates@hangar.test',
    GIT_COMMITTER_NAME: 'Updates',
    GIT_COMMITTER_EMAIL: 'updates@hangar.test',
  }
  const env = {
    ...process.env,
    ...who,
    GIT_DIR: bare,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_INDEX_FILE: join(folder, 'index'),
  }
  const git = async (...args: string[]) => {
    const { code, stdout, stderr } = await run('git', args, { env, signal })
    if (code !== 0) throw new Error(`git ${args[0]}: ${stderr}`)
    return stdout.trim()
  }
  await git('init', '--quiet', '--bare', '--initial-branch=main', bare)
  const blob = await git('hash-object', '-w', readme)
  await git('update-index', '--add', '--cacheinfo', `100644,${blob},README`)
  const commit = await git('commit-tree', await git('write-tree'), '-m', 'First')
  await git('update-ref', 'refs/heads/main', commit)
}

const longestHead = 65_536

/** CGI (RFC 3875): the program's header and body become those of the response. */
const serveBackend = (backend: string, folder: string, request: IncomingMessage, response: ServerResponse): void => {
  const { pathname, search } = new URL(request.url ?? '/', 'https://git')
  const child = spawn(backend, [], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      // The folder may belong to another user than that of the server.
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      REQUEST_METHOD: request.method,
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      CONTENT_LENGTH: request.headers['content-length'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_ADDR: request.socket.remoteAddress ?? '',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  let head = Buffer.alloc(0)
  const readHead = (part: Buffer) => {
    head = Buffer.concat([head, part])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return head.length > longestHead ? void child.kill() : undefined
    child.stdout.off('data', readHead)
    const lines = head.subarray(0, end).toString('latin1').split('\r\n')
    const fields = lines.map((line): [string, string] => [
      line.slice(0, line.indexOf(':')),
      line.slice(line.indexOf(':') + 1).trim(),
    ])
    const status = fields.find(([name]) => name.toLowerCase() === 'status')?.[1]
    response.writeHead(
      status ? Number.parseInt(status, 10) : 200,
      Object.fromEntries(fields.filter(([name]) => name.toLowerCase() !== 'status')),
    )
    response.write(head.subarray(end + 4))
    child.stdout.pipe(response)
    return undefined
  }
  child.stdout.on('data', readHead)
  child.on('error', () => response.destroy())
  child.stdin.on('error', () => undefined)
  response.on('close', () => child.kill())
  request.pipe(child.stdin)
}

/** Answers as an empty public repository does, where git's own server side is missing. */
const serveAdvertisement = (request: IncomingMessage, response: ServerResponse): void => {
  const isAdvertisement = request.url === '/hangar/updates.git/info/refs?service=git-upload-pack'
  response.writeHead(isAdvertisement ? 200 : 404, {
    'content-type': isAdvertisement ? 'application/x-git-upload-pack-advertisement' : 'text/plain',
  })
  response.end(isAdvertisement ? '001e# service=git-upload-pack\n00000000' : 'not found\n')
}

export type GitHost = PeerServer & {
  /** Git's HTTP backend, or a small server in its place. */ readonly kind: 'git' | 'small'
}

/** A Git host over smart HTTP, with the repository `hangar/updates.git`. */
export const startGitHost = async (
  listenAddress: ListenAddress,
  authority: Authority,
  folder: string,
  signal: AbortSignal,
): Promise<GitHost> => {
  const backend = findBackend()
  if (backend) await makeRepository(folder, signal)
  const create = () => {
    const { certificate: cert, key } = authority.issue({
      names: [listenAddress.host],
      addresses: [listenAddress.address],
    })
    return createServer({ cert, key }, (request, response) =>
      backend ? serveBackend(backend, folder, request, response) : serveAdvertisement(request, response),
    )
  }
  return Object.assign(await startPeerServer(listenAddress, create, signal), {
    kind: backend ? ('git' as const) : ('small' as const),
  })
}
