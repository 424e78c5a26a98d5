import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { renderAllowList } from '../../main/connectivity/allow-list/render.ts'
import { everyKind, sampleList } from '../../main/connectivity/allow-list/sample.ts'
import { createPrograms } from './program.ts'
import { hasSquid, startSquid } from './squid.ts'

const reason = hasSquid() ? '' : '(Squid is not installed)'

/** A server that sends the same HTTP response to every connection. */
async function startServer(): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end('HTTP/1.1 299 server\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return (server.address() as AddressInfo).port // of a server that listens on a port
}

/** The status that a proxy answers with. */
const statusOf = (proxy: string, request: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(proxy)
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(request))
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')))
    socket.on('error', reject)
    socket.once('data', (data) => {
      socket.destroy()
      resolve(Number(/^HTTP\/1\.\d (\d{3})/.exec(data.toString('latin1'))?.[1]))
    })
  })
const tunnel = (destination: string) => `CONNECT ${destination} HTTP/1.1\r\nHost: ${destination}\r\n\r\n`
const get = (destination: string) =>
  `GET http://${destination}/ HTTP/1.1\r\nHost: ${destination}\r\nConnection: close\r\n\r\n`

const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-allow-list-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

describe.skipIf(reason !== '')(`an allow-list at work in a real Squid ${reason}`, () => {
  it('allows exactly the listed destinations', async () => {
    const [port, other, clear] = [await startServer(), await startServer(), await startServer()]
    const rows = [
      { host: 'listed.hangar.test', port },
      { host: 'hub.hangar.test', port: other, protocol: 'amqp091', tls: false },
      { host: 'crl.hangar.test', port: clear, tls: false },
      { host: '127.0.0.1', port: other },
      { host: 'inside.tools.svc', port, scope: 'cluster' },
    ]
    const hosts = ['listed', 'unlisted', 'sub.listed', 'hub', 'crl', 'xlisted'].map((name) => `${name}.hangar.test`)
    const life = new AbortController()
    const programs = createPrograms(life.signal)
    onTestFinished(() => programs.end())
    const proxy = await startSquid(
      {
        folder: await newFolder(),
        names: Object.fromEntries([...hosts, 'inside.tools.svc'].map((host) => [host, '127.0.0.1'])),
        allowList: renderAllowList('squid', sampleList({ rows })).text,
      },
      programs,
    )

    const requests: readonly (readonly [string, number])[] = [
      [tunnel(`listed.hangar.test:${port}`), 200],
      [tunnel(`LISTED.hangar.test:${port}`), 200],
      [tunnel(`hub.hangar.test:${other}`), 200],
      [tunnel(`127.0.0.1:${other}`), 200],
      [get(`crl.hangar.test:${clear}`), 299],
      [tunnel(`listed.hangar.test:${other}`), 403],
      [tunnel(`unlisted.hangar.test:${port}`), 403],
      [tunnel(`sub.listed.hangar.test:${port}`), 403],
      [tunnel(`xlisted.hangar.test:${port}`), 403],
      [tunnel(`127.0.0.1:${port}`), 403],
      [tunnel(`inside.tools.svc:${port}`), 403],
      [get(`listed.hangar.test:${port}`), 403],
      [tunnel(`crl.hangar.test:${clear}`), 403],
      [get(`crl.hangar.test:${other}`), 403],
      [get(`unlisted.hangar.test:${clear}`), 403],
    ]
    const seen = await Promise.all(requests.map(async ([request]) => [request, await statusOf(proxy, request)]))

    expect(seen).toEqual(requests)
  })

  it('is parsed without a warning, with one row of every kind', async () => {
    const folder = await newFolder()
    const list = renderAllowList('squid', sampleList({ rows: everyKind })).text
    const file = join(folder, 'squid.conf')
    await writeFile(
      file,
      `http_port 127.0.0.1:3128\npid_filename none\ncache_log /dev/null\n${list}\nhttp_access deny all\n`,
    )

    const { stderr } = await promisify(execFile)('/usr/sbin/squid', ['-k', 'parse', '-f', file])

    expect(stderr).toContain('Processing: http_access deny all')
    expect(stderr).not.toMatch(/ERROR|WARNING|FATAL|Bungled/i)
  })
})
