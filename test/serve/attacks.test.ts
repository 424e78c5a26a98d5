import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { closeCode } from '../../preload/browser-session.ts'
import { type Serving, startServing } from '../e2e/serving.ts'
import { chromiumProgram, launchChromium } from '../window/chromium.ts'
import { hello, openSocket } from './host.ts'

const reason = existsSync(chromiumProgram()) ? '' : '(chromium is not installed)'

/** The window may have to be built first. */
const startLimitMs = 180_000

const environmentOf = (home: string) => ({
  HANGAR_HOME: home,
  KUBECONFIG: join(home, 'none'),
  DBUS_SESSION_BUS_ADDRESS: 'disabled:',
})

/** Another program of this computer that listens on a port of its own, and that the browser visits. */
interface OtherPort {
  readonly origin: string
  /** Every request that it received, with the browser's headers. */
  readonly received: IncomingMessage[]
}

async function startOtherPort(html: string): Promise<OtherPort> {
  const received: IncomingMessage[] = []
  const server = createServer((request, response) => {
    received.push(request)
    response.setHeader('content-type', 'text/html').end(html)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo // a TCP server's address is never a path
  return { origin: `http://127.0.0.1:${port}`, received }
}

describe.skipIf(reason !== '')(
  `another port of this computer, in the browser of a user with a session ${reason}`,
  () => {
    let home: string
    let serving: Serving
    let browser: Browser
    let context: BrowserContext
    let page: Page
    let origin: string
    let port: number

    beforeAll(async () => {
      home = await mkdtemp(join(tmpdir(), 'hangar-attacks-'))
      serving = await startServing(environmentOf(home))
      ;({ origin } = new URL(serving.address))
      port = Number(new URL(origin).port)
      browser = await launchChromium()
      context = await browser.newContext()
      page = await context.newPage()
      await page.goto(serving.address)
      await page.getByText('No planes yet').waitFor()
    }, startLimitMs)

    afterAll(async () => {
      await browser?.close()
      await serving?.stop()
      await rm(home, { recursive: true, force: true })
    })

    /** The user's browser opens a page of the other port. `outcomes` collects what its requests to Hangar came to. */
    async function visit(html = '<p>another program'): Promise<{ tab: Page; other: OtherPort; outcomes: string[] }> {
      const other = await startOtherPort(html)
      const tab = await context.newPage()
      onTestFinished(() => tab.close())
      const outcomes: string[] = []
      tab.on('response', (response) => {
        if (response.url().startsWith(origin)) outcomes.push(String(response.status()))
      })
      // What the browser itself withholds, because of Cross-Origin-Resource-Policy or the missing CORS headers.
      tab.on('requestfailed', (request) => {
        if (request.url().startsWith(origin)) outcomes.push('blocked')
      })
      await tab.goto(other.origin)
      return { tab, other, outcomes }
    }

    it('receives no cookie and no address: the browser holds neither for any port', async () => {
      const { tab, other } = await visit()

      expect(await context.cookies()).toEqual([])
      expect(other.received.length).toBeGreaterThan(0)
      expect(other.received.map(({ headers }) => headers.cookie).filter(Boolean)).toEqual([])
      expect(JSON.stringify(other.received.map(({ headers }) => headers))).not.toContain(origin)
      expect(await tab.evaluate(() => [sessionStorage.length, localStorage.length, document.cookie])).toEqual([
        0,
        0,
        '',
      ])
    })

    it.each(['cors', 'no-cors'] as const)('can fetch nothing with credentials: %s', async (mode) => {
      const { tab, outcomes } = await visit()

      const texts = await tab.evaluate(
        ([target, mode]) =>
          Promise.all(
            ['/', '/rpc', '/icon.svg'].map((path) =>
              fetch(target + path, { credentials: 'include', mode }).then(
                (response) => response.text(),
                () => '',
              ),
            ),
          ),
        [origin, mode] as const,
      )

      expect(texts).toEqual(['', '', ''])
      expect(outcomes.length).toBeGreaterThanOrEqual(3)
      expect(outcomes.filter((outcome) => outcome !== '403' && outcome !== 'blocked')).toEqual([])
    })

    it('can open no WebSocket', async () => {
      const { tab } = await visit()

      const outcome = await tab.evaluate((target) => {
        const socket = new WebSocket(`${target.replace('http', 'ws')}/rpc`)
        return new Promise((resolve) => {
          socket.onopen = () => resolve('open')
          socket.onclose = ({ code }) => resolve(code)
        })
      }, origin)

      expect(outcome).toBe(1006)
    })

    it('can load no script, image or frame of it', async () => {
      const { tab, outcomes } = await visit()
      const script = await page.evaluate(() => document.scripts[0]?.src ?? '')
      expect(script).toContain(origin)

      await tab.evaluate(
        async ([target, script]) => {
          const load = (name: 'script' | 'img' | 'iframe', src: string) =>
            new Promise((resolve) => {
              const element = document.createElement(name)
              element.onload = element.onerror = resolve
              element.src = src
              document.body.append(element)
            })
          await load('script', script)
          await load('img', `${target}/icon.svg`)
          await load('iframe', `${target}/`)
        },
        [origin, script] as const,
      )

      expect(outcomes.length).toBeGreaterThanOrEqual(3)
      expect(outcomes.filter((outcome) => outcome !== '403' && outcome !== 'blocked')).toEqual([])
    })

    it('cannot post a form', async () => {
      const { tab, outcomes } = await visit(`<form method="post" action="${origin}/rpc"><input name="key"></form>`)

      await tab.evaluate(() => document.forms[0]?.submit())

      await expect.poll(() => outcomes).toContain('405')
    })

    it('gets no handle of a window that it opens, and that window has no session', async () => {
      const { tab } = await visit()
      const opening = context.waitForEvent('page')

      await tab.evaluate((target) => void Object.assign(globalThis, { opened: open(target) }), origin)
      const ours = await opening
      await ours.getByRole('heading', { name: 'Address from the terminal required' }).waitFor()

      expect(await tab.evaluate(() => Reflect.get(globalThis, 'opened').closed)).toBe(true)
      await ours.close()
    })

    it('gets nothing as a program that forges Origin and Host and sends every cookie of the browser', async () => {
      const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
      const { host, hostname } = new URL(origin)
      const headers = { cookie, host, 'sec-fetch-site': 'same-origin' }

      expect(await hello(await openSocket(port, { headers }, hostname), { i: '1', p: { u: '/settings/get' } })).toBe(
        closeCode.unknown,
      )
      expect(await hello(await openSocket(port, { headers }, hostname), {})).toBe(closeCode.unknown)
    })

    it('cannot use the address after the user has opened it', async () => {
      const tab = await (await browser.newContext()).newPage()
      onTestFinished(() => tab.context().close())

      await tab.goto(serving.address)

      await tab.getByRole('heading', { name: 'Address no longer valid' }).waitFor()
      expect(await tab.getByText('No planes yet').count()).toBe(0)
    })

    it('leaves the session of the user as it was, also over a reload', async () => {
      await page.reload()
      await page.getByText('No planes yet').waitFor()

      expect(page.url()).toBe(`${origin}/`)
    })
  },
)

describe.skipIf(reason !== '')(`the address in a real browser ${reason}`, () => {
  let home: string
  let serving: Serving
  let browser: Browser
  let context: BrowserContext

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'hangar-address-'))
    serving = await startServing(environmentOf(home))
    browser = await launchChromium()
    context = await browser.newContext()
  }, startLimitMs)

  afterAll(async () => {
    await browser?.close()
    await serving?.stop()
    await rm(home, { recursive: true, force: true })
  })

  it('is not used up by a prefetch, a prerendering or a preview of it', async () => {
    const { address } = serving
    const rules = JSON.stringify({
      prefetch: [{ source: 'list', urls: [address] }],
      prerender: [{ source: 'list', urls: [address] }],
    })
    const preview = await startOtherPort(
      `<link rel="prefetch" href="${address}"><link rel="prerender" href="${address}"><script type="speculationrules">${rules}</script>`,
    )
    const tab = await context.newPage()
    await tab.goto(preview.origin)
    await tab.waitForLoadState('networkidle')
    for (const method of ['HEAD', 'GET']) await fetch(address, { method })
    await fetch(address, { headers: { 'sec-purpose': 'prefetch;prerender' } })

    await tab.goto(address)

    await tab.getByText('No planes yet').waitFor()
    expect(tab.url()).toBe(`${new URL(address).origin}/`)
    await tab.goBack()
    expect(tab.url()).not.toContain('token')
  })

  it('belongs to its host: another program receives no calls after it has taken the port', async () => {
    const own = await startServing(environmentOf(home))
    const tab = await context.newPage()
    await tab.goto(own.address)
    await tab.getByText('No planes yet').waitFor()
    const session = await tab.evaluate(() => sessionStorage.getItem('hangar.session') ?? '')
    await own.stop()
    const received: string[] = []
    const { hostname, port } = new URL(own.address)
    const other = new WebSocketServer({ host: hostname, port: Number(port) })
    onTestFinished(() => other.close())
    other.on('connection', (socket) => {
      socket.on('message', (data) => {
        received.push(String(data))
        socket.send(JSON.stringify({ key: JSON.parse(session).key, proof: 'guess' }))
      })
    })

    // The browser itself delays each new attempt of a page whose sockets fail.
    await tab.getByRole('heading', { name: 'Session not found' }).waitFor({ timeout: 90_000 })

    expect(received.map((text) => Object.keys(JSON.parse(text)))).toEqual([['key']])
    expect(received.join()).not.toContain(JSON.parse(session).proof)
    await tab.close()
  }, 150_000)

  it('is safe from a program that had the port before, and left a service worker in the browser', async () => {
    const worker = `
      addEventListener('install', () => skipWaiting())
      addEventListener('activate', (event) => event.waitUntil(clients.claim()))
      addEventListener('fetch', (event) => event.respondWith(
        new Response('<title>taken</title><h1>taken</h1>', { headers: { 'content-type': 'text/html' } })))`
    const earlier = createServer(({ url }, response) => {
      if (url === '/worker.js') response.setHeader('content-type', 'text/javascript').end(worker)
      else response.setHeader('content-type', 'text/html').end('<title>earlier</title>')
    })
    await new Promise<void>((resolve) => earlier.listen(0, '127.0.0.1', resolve))
    const { port } = earlier.address() as AddressInfo // a TCP server's address is never a path
    const tab = await context.newPage()
    await tab.goto(`http://127.0.0.1:${port}/`)
    await tab.evaluate(async () => {
      await navigator.serviceWorker.register('/worker.js')
      await navigator.serviceWorker.ready
    })
    await tab.goto(`http://127.0.0.1:${port}/`)
    expect(await tab.title()).toBe('taken')
    earlier.closeAllConnections()
    await new Promise((resolve) => earlier.close(resolve))
    const own = await startServing(environmentOf(home), [], ['--port', String(port)])
    onTestFinished(() => own.stop())

    await tab.goto(own.address)

    await tab.getByText('No planes yet').waitFor()
    await tab.close()
  }, 90_000)

  it('opens the window again in a tab that was signed out, which names the way back', async () => {
    const tab = await context.newPage()
    await tab.goto(await serving.nextAddress())
    await tab.getByText('No planes yet').waitFor()
    const [copy] = await Promise.all([
      context.waitForEvent('page'),
      // As "Duplicate tab" does: the new tab has a copy of the session.
      tab.evaluate(() => void window.open(location.href)),
    ])
    await copy.getByText('No planes yet').waitFor()

    await tab.getByRole('button', { name: 'Sign out' }).click()

    await tab.getByRole('heading', { name: 'Signed out' }).waitFor()
    await copy.getByRole('heading', { name: 'Signed out' }).waitFor()
    await tab.getByText('press Enter and open the new address').waitFor()
    expect(await tab.evaluate(() => Object.keys(sessionStorage))).not.toContain('hangar.session')
    await tab.reload()
    await tab.getByRole('heading', { name: 'Address from the terminal required' }).waitFor()

    await tab.goto(await serving.nextAddress())
    await tab.getByText('No planes yet').waitFor()
  })
})
