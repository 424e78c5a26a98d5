import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type IncomingHttpHeaders, type RequestOptions, request } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { implement } from '@orpc/server'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
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
  const about = { version: '1', host: 'browser', home: '/', runtime: 'node', platform: 'linux' } as const
  const router = { settings: { about: os.settings.about.handler(() => about) } }
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

/** Uses the token, as the first browser does; resolves with the header of the session. */
async function enter({ port, address }: Listening): Promise<{ cookie: string }> {
  const { search } = new URL(address)
  const { headers } = await ask(port, `/${search}`)
  return { cookie: headers['set-cookie']?.[0]?.split(';')[0] ?? '' }
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

describe('the address', () => {
  it('gives the first browser the session, redirects it, and hides the session from scripts and other sites', async () => {
    const { port, address } = await start()

    const first = await ask(port, `/${new URL(address).search}`)

    expect(first.status).toBe(303)
    expect(first.headers.location).toBe('/')
    expect(first.headers['cache-control']).toBe('no-store')
    expect(first.headers['set-cookie']).toEqual([expect.stringMatching(/; Path=\/; HttpOnly; SameSite=Strict$/)])
  })

  it('works once, and redirects only the browser with the session after that', async () => {
    const listening = await start()
    const session = await enter(listening)
    const { search } = new URL(listening.address)

    const stranger = await ask(listening.port, `/${search}`)
    expect(stranger.status).toBe(403)
    expect(stranger.headers['set-cookie']).toBeUndefined()

    const owner = await ask(listening.port, `/${search}`, session)
    expect(owner.status).toBe(303)
    expect(owner.headers['set-cookie']).toBeUndefined()
  })

  it('refuses a wrong token, which does not use up the right one', async () => {
    const listening = await start()

    expect((await ask(listening.port, '/?token=wrong')).status).toBe(403)
    expect((await ask(listening.port, `/${new URL(listening.address).search}`)).status).toBe(303)
  })

  it('refreshes after a link of another site, because a redirect would be sent without the cookie', async () => {
    const { port, address } = await start()
    const navigation = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

    const { status, headers } = await ask(port, `/${new URL(address).search}`, navigation)

    expect([status, headers.refresh, headers.location]).toEqual([200, '0; url=/', undefined])
  })
})

describe('the page', () => {
  it('names the transport to the core, may connect only there, and is not cached', async () => {
    const listening = await start()
    const { status, headers, body } = await ask(listening.port, '/', await enter(listening))

    expect(status).toBe(200)
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['content-security-policy']).toContain(`connect-src ws://127.0.0.1:${listening.port}/rpc;`)
    const [, nonce] = /nonce-([^']+)'/.exec(String(headers['content-security-policy'])) ?? []
    expect(String(body)).toBe(`<meta name="hangar-host" content="browser"><p nonce="${nonce}">Hangar`)
  })

  it('has a new nonce for each load', async () => {
    const listening = await start()
    const session = await enter(listening)

    const pages = await Promise.all([ask(listening.port, '/', session), ask(listening.port, '/', session)])

    expect(String(pages[0].body)).not.toBe(String(pages[1].body))
  })

  it('sends its script compressed, for the cache of this browser', async () => {
    const listening = await start()
    const accept = { 'accept-encoding': 'gzip, br' }

    const { headers, body } = await ask(listening.port, '/assets/main.js', { ...(await enter(listening)), ...accept })

    expect(headers['content-encoding']).toBe('br')
    expect(headers['cache-control']).toContain('private, max-age=')
    expect(String(brotliDecompressSync(body))).toContain('console.log("hangar");')
  })

  it.each(['/', '/assets/main.js', '/rpc'])('is not sent without a session: %s', async (path) => {
    const { port } = await start()

    const { status, body } = await ask(port, path, { cookie: `hangar-${port}=guess` })

    expect(status).toBe(401)
    expect(String(body)).toContain('hangar serve')
  })

  it.each(['/../package.json', '/..%2fpackage.json', '/assets/../../etc/passwd', '/%2e%2e/x.json', '/.env'])(
    'is all that there is: %s is no file',
    async (path) => {
      const listening = await start()

      expect((await ask(listening.port, path, await enter(listening))).status).toBe(404)
    },
  )
})

describe('a request with the session', () => {
  it.each([
    ['a name that a stranger bound to this computer', { host: 'evil.example' }, 421],
    ['a script of another origin', { origin: 'https://evil.example' }, 403],
    ['an image on another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
  ])('is refused where it comes from %s', async (_who, headers: Record<string, string>, status) => {
    const listening = await start()

    const answer = await ask(listening.port, '/', { ...(await enter(listening)), ...headers })

    expect(answer.status).toBe(status)
    expect(String(answer.body)).not.toContain('nonce')
  })

  it('is refused where it is neither GET nor HEAD', async () => {
    const listening = await start()

    const answer = await ask(listening.port, '/', await enter(listening), { method: 'POST' })

    expect(answer.status).toBe(405)
  })
})

describe('the socket', () => {
  it('opens for our page', async () => {
    const listening = await start()
    const origin = `http://127.0.0.1:${listening.port}`

    expect(await tryOpen(listening.port, '/rpc', { ...(await enter(listening)), origin })).toBe('open')
  })

  it('does not open without the session', async () => {
    const { port } = await start()

    expect(await tryOpen(port, '/rpc', { origin: `http://127.0.0.1:${port}` })).toBe(401)
  })

  it.each([
    ['of another site', 'https://evil.example', undefined, 403],
    ['of another port of this computer', 'http://127.0.0.1:1', undefined, 403],
    ['without an origin', undefined, undefined, 403],
    ['under a name that a stranger bound to this computer', undefined, 'evil.example', 421],
  ])('does not open for a page %s, even with the session', async (_who, origin, host, status) => {
    const listening = await start()
    const headers = { ...(await enter(listening)), ...(origin ? { origin } : {}), ...(host ? { host } : {}) }

    expect(await tryOpen(listening.port, '/rpc', headers)).toBe(status)
  })

  it('is at one path only', async () => {
    const listening = await start()
    const headers = { ...(await enter(listening)), origin: `http://127.0.0.1:${listening.port}` }

    expect(await tryOpen(listening.port, '/other', headers)).toBe(404)
  })

  it('waits for a core that is still starting', async () => {
    const core = Promise.withResolvers<App>()
    const listening = await start(core.promise)
    const headers = { ...(await enter(listening)), origin: `http://127.0.0.1:${listening.port}` }
    const socket = new WebSocket(`ws://127.0.0.1:${listening.port}/rpc`, { headers })
    await new Promise((resolve) => socket.once('open', resolve))

    const answer = new Promise((resolve) => socket.once('message', (data) => resolve(JSON.parse(String(data)))))
    socket.send(JSON.stringify({ i: '1', p: { u: '/settings/about' } }))
    core.resolve(sampleCore())

    expect(await answer).toMatchObject({ i: '1', p: { b: { json: { host: 'browser' } } } })
    socket.terminate()
  })

  it('is closed, with a reason, where the core cannot start', async () => {
    const core = Promise.withResolvers<App>()
    const listening = await start(core.promise)
    const headers = { ...(await enter(listening)), origin: `http://127.0.0.1:${listening.port}` }
    const socket = new WebSocket(`ws://127.0.0.1:${listening.port}/rpc`, { headers })
    const closed = new Promise((resolve) => socket.once('close', (code, reason) => resolve([code, String(reason)])))

    core.reject(new Error('no home'))

    expect(await closed).toEqual([1011, 'Hangar could not start'])
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
