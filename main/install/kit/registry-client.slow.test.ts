import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256 } from '../digest.ts'
import { cachedFile, downloadBlob } from './download.ts'
import { createRegistryClient, type RegistryClient } from './registry-client.ts'

const content = Buffer.from('the content of a layer')
const digest = `sha256:${sha256(content)}`

/** Stand-ins for registries, on the loopback address and in plain HTTP; `test/install/kit.test.ts` has the real one. */
let servers: Server[] = []
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kit-registry-'))
})
afterEach(async () => {
  for (const server of servers) server.close()
  servers = []
  await rm(folder, { recursive: true, force: true })
})

type Respond = (request: IncomingMessage, response: ServerResponse) => void

async function serve(respond: Respond): Promise<string> {
  const server = createServer(respond)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

function clientOf(hosts: readonly string[], registry = hosts[0] ?? ''): RegistryClient {
  const logins = new Map([[registry, { username: 'ana', password: 'secret' }]])
  return createRegistryClient({ logins, ca: [], plainHttp: new Set(hosts) })
}

const limit = () => AbortSignal.timeout(10_000)
const challenge = { 'www-authenticate': 'Basic realm="a"' }

async function rejectionOf(call: (client: RegistryClient, registry: string) => Promise<unknown>, respond: Respond) {
  const registry = await serve(respond)
  const client = clientOf([registry])
  try {
    return await call(client, registry).then(
      () => undefined,
      (error: unknown) => error,
    )
  } finally {
    await client.close()
  }
}

describe('an answer from a hostile registry', () => {
  const manifest = (reference: string) => (client: RegistryClient, registry: string) =>
    client.manifest({ registry, repository: 'a' }, reference, limit())
  const answer =
    (status: number, body: string | Buffer, headers: Record<string, string> = {}): Respond =>
    (_request, response) => {
      response.writeHead(status, headers).end(body)
    }

  it.each<[string, (client: RegistryClient, registry: string) => Promise<unknown>, Respond, string, string]>([
    ['another content', manifest(digest), answer(200, 'other'), 'REGISTRY_REFUSED', 'another content than its digest'],
    [
      'another digest in its header',
      manifest('1'),
      answer(200, content, { 'docker-content-digest': `sha256:${'0'.repeat(64)}` }),
      'REGISTRY_REFUSED',
      'another content than its digest',
    ],
    ['5 MiB', manifest('1'), answer(200, Buffer.alloc(5 * 1_048_576)), 'REGISTRY_REFUSED', 'more than 4 MiB'],
    ['a redirect without end', manifest('1'), answer(307, '', { location: '/again' }), 'REGISTRY_REFUSED', 'too often'],
    [
      'a redirect to plain HTTP of another host',
      manifest('1'),
      answer(307, '', { location: 'http://store.test/a' }),
      'REGISTRY_REFUSED',
      'not encrypted',
    ],
    [
      'a redirect to a file',
      manifest('1'),
      answer(307, '', { location: 'file:///etc/passwd' }),
      'REGISTRY_REFUSED',
      'not encrypted',
    ],
    ['401 after a login', manifest('1'), answer(401, '', challenge), 'REGISTRY_DENIED', 'HTTP 401'],
    ['403', manifest('1'), answer(403, ''), 'REGISTRY_DENIED', 'HTTP 403'],
    [
      '404 with its reason',
      manifest('1'),
      answer(404, '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"unknown \\u001b[31mtag"}]}'),
      'REGISTRY_REFUSED',
      'does not exist: MANIFEST_UNKNOWN',
    ],
    ['a page', manifest('1'), answer(500, '<html>'), 'REGISTRY_REFUSED', 'HTTP 500'],
    [
      'an end of the connection',
      manifest('1'),
      (_request, response) => response.destroy(),
      'REGISTRY_UNREACHABLE',
      'cannot be reached',
    ],
  ])('such as %s is refused', async (_what, call, respond, code, message) => {
    expect(await rejectionOf(call, respond)).toMatchObject({ code, message: expect.stringContaining(message) })
  })

  it('does not get the login for another host, to which it redirects or uploads', async () => {
    const seen: (string | undefined)[] = []
    const store = await serve((request, response) => {
      seen.push(request.headers.authorization)
      request.resume().on('end', () => response.writeHead(request.method === 'PUT' ? 201 : 200).end(content))
    })
    const registry = await serve((request, response) => {
      if (request.headers.authorization === undefined) response.writeHead(401, challenge).end()
      else if (request.method === 'POST') response.writeHead(202, { location: `http://${store}/upload?signed=1` }).end()
      else response.writeHead(307, { location: `http://${store}/blob` }).end()
    })
    const client = clientOf([registry, store])
    const at = { registry, repository: 'a' }
    const { body } = await client.blob(at, digest, 0, limit())
    const pieces: Buffer[] = []
    for await (const piece of body) pieces.push(piece)
    await client.putBlob(
      at,
      {
        digest,
        size: content.length,
        async *content() {
          yield content
        },
      },
      undefined,
      limit(),
    )
    await client.close()

    expect(Buffer.concat(pieces)).toEqual(content)
    expect(seen).toEqual([undefined, undefined])
  })

  it('does not get the login for another host that asks for one after a redirect', async () => {
    const seen: (string | undefined)[] = []
    const store = await serve((request, response) => {
      seen.push(request.headers.authorization)
      response.writeHead(401, challenge).end()
    })
    const registry = await serve((_request, response) => {
      response.writeHead(307, { location: `http://${store}/blob` }).end()
    })
    const client = clientOf([registry, store])

    await expect(client.blob({ registry, repository: 'a' }, digest, 0, limit())).rejects.toMatchObject({
      code: 'REGISTRY_DENIED',
    })
    await client.close()
    expect(seen).toEqual([undefined])
  })
})

describe('a download', () => {
  const blobOf = (registry: string) => ({ at: { registry, repository: 'a' }, digest, size: content.length })
  const download = async (respond: Respond): Promise<number> => {
    const registry = await serve(respond)
    const client = clientOf([registry])
    let done = 0
    try {
      await downloadBlob(client, blobOf(registry), folder, limit(), (bytes) => {
        done += bytes
      })
      return done
    } finally {
      await client.close()
    }
  }
  const part = (): string => `${cachedFile(folder, digest)}.part`

  it('continues what an earlier one left, and asks for the rest alone', async () => {
    await writeFile(part(), content.subarray(0, 5))
    const ranges: unknown[] = []

    const done = await download((request, response) => {
      ranges.push(request.headers.range)
      response.writeHead(206).end(content.subarray(5))
    })

    expect(ranges).toEqual(['bytes=5-'])
    expect(done).toBe(content.length)
    expect(await readFile(cachedFile(folder, digest))).toEqual(content)
  })

  it('begins anew where the registry ignores what is there already', async () => {
    await writeFile(part(), 'wrong')

    await download((_request, response) => void response.writeHead(200).end(content))

    expect(await readFile(cachedFile(folder, digest))).toEqual(content)
  })

  it('that ends too early is continued', async () => {
    let requests = 0

    await download((request, response) => {
      requests += 1
      if (requests === 1) response.writeHead(200).end(content.subarray(0, 8))
      else response.writeHead(206).end(content.subarray(Number(/\d+/.exec(String(request.headers.range)))))
    })

    expect(requests).toBe(2)
    expect(await readFile(cachedFile(folder, digest))).toEqual(content)
  })

  it.each([
    ['another content', Buffer.from('the content of A layer'), 'another content'],
    ['more than its size', Buffer.concat([content, content]), 'more than 22 bytes'],
  ])('of %s is refused, and is not in the cache', async (_what, sent, message) => {
    await expect(download((_request, response) => void response.writeHead(200).end(sent))).rejects.toMatchObject({
      code: 'REGISTRY_REFUSED',
      message: expect.stringContaining(message),
    })
    await expect(readFile(cachedFile(folder, digest))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('of what is in the cache asks nobody', async () => {
    await writeFile(cachedFile(folder, digest), content)

    expect(await download((_request, response) => void response.writeHead(500).end())).toBe(content.length)
  })
})
