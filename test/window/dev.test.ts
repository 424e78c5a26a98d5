import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { closeCode } from '../../preload/browser-session.ts'
import { type DevServer, startDevServer } from '../../scripts/dev-server.ts'
import { chromiumProgram, launchChromium } from './chromium.ts'

const reason = existsSync(chromiumProgram()) ? '' : '(chromium is not installed)'

describe.skipIf(reason !== '')(`npm run dev ${reason}`, () => {
  let home: string
  let server: DevServer
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'hangar-dev-'))
    server = await startDevServer({ home, kubeconfig: join(home, 'none'), port: 0 })
    browser = await launchChromium()
    page = await browser.newPage()
    await page.goto(server.address)
    await page.getByRole('navigation').first().waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await rm(home, { recursive: true, force: true })
  })

  /** The status of a refusal, or the code of the close after a first message without a session. */
  const openSocket = (headers: Readonly<Record<string, string>>): Promise<number> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(new URL('/rpc', server.address.replace('http:', 'ws:')), { headers })
      socket.once('open', () => socket.send('{}'))
      socket.once('close', resolve)
      socket.once('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode))
      socket.once('error', reject)
    })

  it('replaces a changed module without a reload of the page', async () => {
    await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }))
    const { client } = server.vite.environments
    const home = await client.moduleGraph.getModuleByUrl('/shell/Home.tsx')
    const updated = page.waitForEvent('console', (message) => message.text().includes('hot updated: /shell/Home.tsx'))

    if (home !== undefined) await client.reloadModule(home)
    await updated

    expect(await page.evaluate(() => Reflect.get(globalThis, 'isSamePage'))).toBe(true)
  })

  it('opens the socket only for its own page with a session', async () => {
    const { origin } = new URL(server.address)

    expect(await page.context().cookies()).toEqual([])
    expect(await openSocket({ origin })).toBe(closeCode.unknown)
    expect(await openSocket({ origin: 'http://127.0.0.1:1' })).toBe(403)
    expect(await openSocket({ origin: 'https://evil.example' })).toBe(403)
  })

  it('keeps the session over a reload', async () => {
    await page.reload()

    await page.getByText('No planes yet').waitFor()
  })
})
