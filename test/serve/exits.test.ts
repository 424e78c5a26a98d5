import { createSocket } from 'node:dgram'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type BrowserContext, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { chromiumProgram } from '../window/chromium.ts'
import { startHost } from './host.ts'

const reason = existsSync(chromiumProgram()) ? '' : '(chromium is not installed)'

/** Longer than chromium needs to send something. */
const settleMs = 800

/** A server of the attacker. */
interface Target {
  /** `127.0.0.1:PORT` of both TCP and UDP. */
  readonly address: string
  /** What has reached it. */
  readonly received: string[]
}

async function startTarget(): Promise<Target> {
  const received: string[] = []
  const server = createServer((request, response) => {
    received.push(`${request.method} ${request.url}`)
    response.end()
  })
  server.on('connection', () => received.push('a TCP connection'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server's address is never a path
  const socket = createSocket('udp4').on('message', () => received.push('a UDP packet'))
  await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve))
  onTestFinished(() => {
    socket.close()
    server.closeAllConnections()
    server.close()
  })
  return { address: `127.0.0.1:${port}`, received }
}

/** Adds an element to the page, and submits a form. */
const add = (page: Page, tag: string, properties: object) =>
  page.evaluate(
    ([name, given]) => {
      const element = Object.assign(document.createElement(name), given)
      document.body.append(element)
      if (element instanceof HTMLFormElement) element.submit()
      if (element instanceof HTMLAnchorElement) element.click()
    },
    [tag, properties] as const,
  )

/** Gathers candidates of a peer connection, in the page or in a frame of it, and tries the address as the other peer. */
const connectPeer = (page: Page, urls: string, address: string, framed = false) =>
  page.evaluate(
    async ([server, peer, inFrame]) => {
      const frame = document.createElement('iframe')
      document.body.append(frame)
      const { RTCPeerConnection: Peer } = inFrame && frame.contentWindow ? frame.contentWindow.window : window
      const [port = ''] = peer.split(':').slice(1)
      const servers = [{ urls: server, username: 'canary', credential: 'canary' }]
      const connection = new Peer({ iceServers: server === '' ? [] : servers })
      connection.createDataChannel('canary')
      await connection.setLocalDescription(await connection.createOffer())
      const sdp = connection.localDescription?.sdp.replace('setup:actpass', 'setup:active') ?? ''
      await connection.setRemoteDescription({ type: 'answer', sdp: sdp.replaceAll(/a=candidate.*\r\n/g, '') })
      const candidate = `candidate:1 1 udp 2122260223 127.0.0.1 ${port} typ host`
      await connection.addIceCandidate({ candidate, sdpMid: '0', sdpMLineIndex: 0 })
    },
    [urls, address, framed] as const,
  )

type Exit = (page: Page, address: string) => Promise<unknown>

const links = ['preconnect', 'prefetch', 'preload', 'modulepreload', 'prerender', 'icon', 'manifest', 'stylesheet']

const exits: readonly (readonly [string, Exit])[] = [
  ['a navigation', (page, address) => page.evaluate((url) => location.assign(url), `http://${address}/`)],
  ['an opened window', (page, address) => page.evaluate((url) => void open(url), `http://${address}/`)],
  ['a refresh', (page, address) => add(page, 'meta', { httpEquiv: 'refresh', content: `0;url=http://${address}/` })],
  ['a form', (page, address) => add(page, 'form', { action: `http://${address}/`, method: 'post' })],
  ['a form in a new window', (page, address) => add(page, 'form', { action: `http://${address}/`, target: '_blank' })],
  ['the ping of a link', (page, address) => add(page, 'a', { href: '#here', ping: `http://${address}/` })],
  ['a style', (page, address) => add(page, 'p', { textContent: 'x', style: `background: url(http://${address}/)` })],
  [
    'a font',
    (page, address) =>
      page.evaluate((url) => new FontFace('far', `url(${url})`).load().catch(() => 0), `http://${address}/`),
  ],
  [
    'WebTransport',
    (page, address) => page.evaluate((url) => new WebTransport(url).ready.catch(() => 0), `https://${address}/`),
  ],
  ...links.map((rel) => {
    const exit: Exit = (page, address) => add(page, 'link', { rel, as: 'image', href: `http://${address}/` })
    return [`a link (${rel})`, exit] as const
  }),
  ['WebRTC to a peer', (page, address) => connectPeer(page, '', address)],
  ['WebRTC to a STUN server', (page, address) => connectPeer(page, `stun:${address}`, address)],
  ['WebRTC to a TURN server', (page, address) => connectPeer(page, `turn:${address}?transport=tcp`, '')],
  ['WebRTC of a frame', (page, address) => connectPeer(page, `stun:${address}`, address, true)],
]

describe.skipIf(reason !== '')(`a script in the page of the browser host ${reason}`, () => {
  let folder: string
  let context: BrowserContext
  let page: Page
  const netLog = (): string => join(folder, 'net-log.json')

  /** As a user starts it: Playwright's own options disable preconnecting and DNS prefetching. */
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-exits-'))
    const args = [
      '--remote-debugging-pipe',
      `--user-data-dir=${join(folder, 'profile')}`,
      `--log-net-log=${netLog()}`,
      '--headless=new',
      '--no-first-run',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ]
    context = await chromium.launchPersistentContext(join(folder, 'profile'), {
      executablePath: chromiumProgram(),
      ignoreDefaultArgs: true,
      args,
    })
  })
  afterAll(async () => {
    await context?.close()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    const host = await startHost()
    page = await context.newPage()
    onTestFinished(() => page.close())
    await page.goto(`http://127.0.0.1:${host.port}/`)
  })

  it.each(exits)('sends nothing by %s', async (_name, exit) => {
    const { address, received } = await startTarget()
    // What the browser refuses at once throws.
    await exit(page, address).catch(() => undefined)
    await delay(settleMs)
    expect(received).toEqual([])
  })

  it('asks no DNS server for a name of its own choice', async () => {
    const names = ['dns-prefetch', 'preconnect'].map((rel) => ({ rel, host: `${rel}.canary.example` }))
    for (const { rel, host } of names) await add(page, 'link', { rel, href: `https://${host}/` })
    await connectPeer(page, 'stun:stun.canary.example:3478', '').catch(() => undefined)
    await delay(settleMs)
    // Chromium has written its log by then.
    await context.close()
    const log = await readFile(netLog(), 'utf8')
    expect(log).toContain('"constants"')
    expect(log.match(/[\w-]+\.canary\.example/g) ?? []).toEqual([])
  })
})
