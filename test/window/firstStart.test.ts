import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchChromium } from './chromium.ts'
import { serveWindow, type WindowServer } from './serve.ts'

let server: WindowServer
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([serveWindow(), launchChromium()])
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await server?.close()
})

/** The window of someone who has no plane. */
async function open(address = '/'): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  await page.goto(`${server.origin}/?scene=empty#${address}`)
  await page.getByRole('navigation', { name: 'Hangar' }).waitFor()
  return page
}

const addressOf = (page: Page): Promise<string> => page.evaluate(() => location.hash.slice(1))
const violations = async (page: Page) =>
  (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)

describe('a check of endpoints without a plane', () => {
  it('checks a pasted list from Home by keyboard, asks no vault, and Back leads through its places', async () => {
    const page = await open()
    await page.getByRole('button', { name: 'Check endpoints only' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Check endpoints', level: 1 }).waitFor()
    expect(await page.title()).toBe('Check endpoints – Hangar')
    await page.getByRole('radio', { name: 'A list' }).press('Space')
    await page.waitForFunction(() => location.hash === '#/check/list')
    const list = page.getByRole('textbox', { name: 'List of endpoints' })
    await list.fill('endpoints:\n  - id: a\n    protocol: pigeon')
    await page.getByRole('main').getByRole('button', { name: 'Check endpoints' }).press('Enter')
    await page.getByText('Line 3').waitFor()
    expect(await violations(page)).toEqual([])

    await list.fill('')
    await page.getByRole('button', { name: 'Insert example' }).press('Enter')
    await page.getByRole('main').getByRole('button', { name: 'Check endpoints' }).press('Enter')
    await page.getByRole('heading', { name: 'Endpoints of Pasted list' }).waitFor()
    await page.getByRole('button', { name: 'Export report' }).waitFor()
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
    expect(await addressOf(page)).toBe('/check/results?source=list')
    expect(await violations(page)).toEqual([])
    expect(await page.getByRole('dialog').count()).toBe(0)

    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export report' }).click()
    await page.getByRole('menuitem', { name: /^Markdown/ }).click()
    expect((await download).suggestedFilename()).toMatch(/\.md$/)

    await page.goBack()
    await list.waitFor()
    await page.goForward()
    await page.getByRole('table', { name: 'Connectivity' }).waitFor()
    await page.goBack()
    await page.goBack()
    await page.getByRole('heading', { name: 'No planes yet' }).waitFor()
  }, 30_000)

  it('opens a profile by its address, and says that the results of another window are not here', async () => {
    const page = await open('/check/results?profile=demo')
    await page.getByRole('heading', { name: 'Settings that the endpoints refer to' }).waitFor()
    await page.getByText('A part of this address does not exist here').waitFor()
    expect(await addressOf(page)).toBe('/check?profile=demo')
  })
})
