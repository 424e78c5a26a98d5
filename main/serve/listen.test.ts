import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type IncomingHttpHeaders, type RequestOptions, request } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { implement } from '@orpc/server'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import { closeCode, type Welcome } from '../../preload/browser-session.ts'
import { contract } from '../../preload/contract/index.ts'
import type { App } from '../app.ts'
import { type Listening, listen } from './listen.ts'

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** A built window of two files, and a core with one procedure. */
async function start(core: Promise<App> = Promise.resolve(sampleCore())): Promise<Listening> {
  const root = await mkdtemp(join(tmpdir(), 'hangar-serve-'))
  await mkdir(join(root, 'assets'))
  await writeFile(
    join(root, 'index.html'),
    '<meta name="hangar-host" content="HANGAR_HOST"><p nonce="HANGAR_NONCE">Hangar',
  )
  await writeFile(join(root, 'assets', 'main.js'), 'console.log("hangar");'.repeat(200))
  const listening = await listen(Promise.resolve(root), core, 0)
  onTestFinished(async () => {
    await listening.close()
    await rm(root, { recursive: true })
  })
  return listening
}

function sampleCore(): App {
  const os = implement(contract)
  const facts = { version: '1', host: 'browser', home: '/', runtime: 'node', platform: 'linux' } as const
  const router = { settings: { about: os.settings.about.handler(() => facts) } }
  return { router, close: async () => undefined } as unknown as App // only what is called here
}

function ask(
  port: number,
  path: string,
  headers: Record<string, string> = {},
  more: RequestOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers, ...more }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
      })
    })
    sent.on('error', reject)
    sent.end()
  })
}

/** The headers of our page's socket. */
const own = (port: number): { origin: string } => ({ origin: `http://127.0.0.1:${port}` })

const tokenOf = (address: string): string => new URLSearchParams(new URL(address).hash.slice(1)).get('token') ?? ''

/** Opens the socket as our page does. */
async function openSocket(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, { headers: own(port) })
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  return socket
}

/** Sends the first message; resolves with the session, or with the code of the close. */
function hello(socket: WebSocket, message: unknown): Promise<Welcome | number> {
  socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  return new Promise((resolve) => {
    socket.once('message', (data) => resolve(JSON.parse(String(data))))
    socket.once('close', (code) => resolve(code))
  })
}

/** A socket that has signed in with a new address. */
async function signIn({ port, createAddress }: Listening): Promise<WebSocket> {
  const socket = await openSocket(port)
  expect(await hello(socket, { token: tokenOf(createAddress()) })).toHaveProperty('key')
  return socket
}

/** Tries to open the socket; resolves with `open`, or with the status of the response. */
function tryOpen(port: number, path: string, headers: Record<string, string>): Promise<'open' | number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
    socket.on('open', () => {
      socket.terminate()
      resolve('open')
    })
    socket.on('unexpected-response', (_request, response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    socket.on('error', reject)
  })
}

const about = JSON.stringify({ i: '1', p: { u: '/settings/about' } })

describe('the address', () => {
  it('has its token in the fragment, so that no request contains it', async () => {
    const { port, createAddress } = await start()

    expect(createAddress()).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/#token=[\\w-]{43}$`))
  })

  it.each([
    ['a HEAD request', 'HEAD', {}],
    ['a link preview', 'GET', { 'user-agent': 'preview-bot' }],
    ['a prefetch', 'GET', { 'sec-purpose': 'prefetch' }],
    ['a prerendering browser', 'GET', { 'sec-purpose': 'prefetch;prerender' }],
  ] as const)('still works after %s', async (_who, method, headers) => {
    const listening = await start()
    const address = listening.createAddress()

    const { status, headers: sent } = await ask(listening.port, '/', headers, { method })

    expect(status).toBe('sec-purpose' in headers ? 403 : 200)
    expect(sent['set-cookie']).toBeUndefined()
    expect(await hello(await openSocket(listening.port), { token: tokenOf(address) })).toHaveProperty('key')
  })
})

describe('the page', () => {
  it('names the transport to the core, may connect only there, and is not cached', async () => {
    const listening = await start()
    const { status, headers, body } = await ask(listening.port, '/')

    expect(status).toBe(200)
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['content-security-policy']).toContain(`connect-src ws://127.0.0.1:${listening.port}/rpc;`)
    const [, nonce] = /nonce-([^']+)'/.exec(String(headers['content-security-policy'])) ?? []
    expect(String(body)).toBe(`<meta name="hangar-host" content="browser"><p nonce="${nonce}">Hangar`)
  })

  it('has a new nonce for each load', async () => {
    const listening = await start()

    const pages = await Promise.all([ask(listening.port, '/'), ask(listening.port, '/')])

    expect(String(pages[0].body)).not.toBe(String(pages[1].body))
  })

  it('sends its script compressed, for the cache of this browser', async () => {
    const listening = await start()
    const accept = { 'accept-encoding': 'gzip, br' }

    const { headers, body } = await ask(listening.port, '/assets/main.js', accept)

    expect(headers['content-encoding']).toBe('br')
    expect(headers['cache-control']).toContain('private, max-age=')
    expect(String(brotliDecompressSync(body))).toContain('console.log("hangar");')
  })

  it('sets no cookie: the browser would send it to every port of this computer', async () => {
    const { port } = await start()

    expect((await ask(port, '/')).headers['set-cookie']).toBeUndefined()
  })

  it.each(['/../package.json', '/..%2fpackage.json', '/assets/../../etc/passwd', '/%2e%2e/x.json', '/.env'])(
    'is all that there is: %s is no file',
    async (path) => {
      const listening = await start()

      expect((await ask(listening.port, path)).status).toBe(404)
    },
  )
})

describe('a request', () => {
  it.each([
    ['a name that a stranger bound to this computer', { host: 'evil.example' }, 421],
    ['a script of another origin', { origin: 'https://evil.example' }, 403],
    ['an image on another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
  ])('is refused where it comes from %s', async (_who, headers: Record<string, string>, status) => {
    const listening = await start()

    const answer = await ask(listening.port, '/', headers)

    expect(answer.status).toBe(status)
    expect(String(answer.body)).not.toContain('nonce')
  })

  it('is refused where it is neither GET nor HEAD', async () => {
    const listening = await start()

    const answer = await ask(listening.port, '/', {}, { method: 'POST' })

    expect(answer.status).toBe(405)
  })
})

describe('the socket', () => {
  it.each([
    ['of another site', 'https://evil.example', undefined, 403],
    ['of another port of this computer', 'http://127.0.0.1:1', undefined, 403],
    ['without an origin', undefined, undefined, 403],
    ['under a name that a stranger bound to this computer', undefined, 'evil.example', 421],
  ])('does not open for a page %s', async (_who, origin, host, status) => {
    const { port } = await start()
    const headers = { ...(origin ? { origin } : {}), ...(host ? { host } : {}) }

    expect(await tryOpen(port, '/rpc', headers)).toBe(status)
  })

  it('is at one path only', async () => {
    const { port } = await start()

    expect(await tryOpen(port, '/rpc', own(port))).toBe('open')
    expect(await tryOpen(port, '/other', own(port))).toBe(404)
  })

  it('waits for a core that is still starting', async () => {
    const core = Promise.withResolvers<App>()
    const socket = await signIn(await start(core.promise))

    const answer = new Promise((resolve) => socket.once('message', (data) => resolve(JSON.parse(String(data)))))
    socket.send(about)
    core.resolve(sampleCore())

    expect(await answer).toMatchObject({ i: '1', p: { b: { json: { host: 'browser' } } } })
  })

  it('is closed, with a reason, where the core cannot start', async () => {
    const core = Promise.withResolvers<App>()
    const socket = await signIn(await start(core.promise))
    const closed = new Promise((resolve) => socket.once('close', (code, reason) => resolve([code, String(reason)])))

    core.reject(new Error('no home'))

    expect(await closed).toEqual([1011, 'Hangar could not start'])
  })
})

describe('a session', () => {
  it('ends an expired session within half a minute, and reports that', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const socket = await signIn(await start())
    const closed = once(socket, 'close')

    vi.setSystemTime(Date.now() + 8 * 3_600_000)
    vi.advanceTimersByTime(30_000)

    expect((await closed)[0]).toBe(closeCode.expired)
  })
})

describe('listening', () => {
  it('uses the loopback address only', async () => {
    const { port } = await start()
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')

    for (const { address } of [...others, { address: '127.0.0.2' }]) {
      const outcome = await new Promise((resolve) => {
        connect({ host: address, port }, () => resolve('open')).on('error', ({ code }: NodeJS.ErrnoException) =>
          resolve(code),
        )
      })
      expect([address, outcome]).toEqual([address, 'ECONNREFUSED'])
    }
  })

  it('reports a port that is taken', async () => {
    const { port } = await start()

    await expect(listen(Promise.resolve('/'), Promise.resolve(sampleCore()), port)).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining(String(port)),
    })
  })
})

it('is a page that loads with all the cookies that another program of the same address can set', async () => {
  const { port } = await start()
  const cookie = Array.from({ length: 180 }, (_, index) => `c${index}=${'x'.repeat(4_000)}`).join('; ')

  expect(await ask(port, '/', { cookie })).toMatchObject({ status: 200 })
})

it.skipIf(process.platform === 'darwin')('listens on the loopback address that it is given, and no other', async () => {
  const root = await mkdtemp(join(tmpdir(), 'hangar-serve-'))
  const listening = await listen(Promise.resolve(root), Promise.resolve(sampleCore()), 0, '127.201.3.4')
  onTestFinished(async () => {
    await listening.close()
    await rm(root, { recursive: true })
  })

  expect(listening.createAddress()).toMatch(/^http:\/\/127\.201\.3\.4:\d+\/#token=/)
  await expect(ask(listening.port, '/')).rejects.toThrow('ECONNREFUSED')
})

it('listens on 127.0.0.1 where the system has no other loopback address', async () => {
  const root = await mkdtemp(join(tmpdir(), 'hangar-serve-'))
  // An address of documentation (RFC 5737), which no computer has.
  const listening = await listen(Promise.resolve(root), Promise.resolve(sampleCore()), 0, '192.0.2.1')
  onTestFinished(async () => {
    await listening.close()
    await rm(root, { recursive: true })
  })

  expect(listening.createAddress()).toMatch(/^http:\/\/127\.0\.0\.1:/)
})
