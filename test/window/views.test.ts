import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchChromium } from './chromium.ts'
import { places } from './places.ts'
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

/** What the page complained of. A change of the machine's network is not the page's doing. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    const text = message.text()
    if (message.type() === 'error' && !text.includes('ERR_NETWORK_CHANGED')) complaints.push(text)
  })
  return complaints
}

/** The view itself, not its place holder, and nothing on its way from one colour to another. */
async function settled(page: Page): Promise<void> {
  await page.getByRole('status').filter({ hasText: 'Loading the view' }).waitFor({ state: 'detached' })
  await page.evaluate(async () => {
    const finite = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(finite.map(({ finished }) => finished))
  })
}

/** `colours`: what another scheme can have broken, where the rest has been looked at. */
async function seriousFaults(page: Page, rules: 'all' | 'colours'): Promise<string[]> {
  await settled(page)
  const axe = new AxeBuilder({ page })
  const { violations } = await (rules === 'all'
    ? axe
    : axe.withRules(['color-contrast', 'link-in-text-block'])
  ).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`))
}

describe('every view, in each of its states', () => {
  it.each(places)('$name: nothing serious for axe in light and dark, no complaint of the policy', async (place) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    const complaints = complaintsOf(page)

    await page.goto(`${server.origin}/?scene=${place.scene ?? 'usual'}`)
    await page.getByRole('navigation', { name: 'Hangar' }).waitFor()
    await place.go(page)

    expect(await seriousFaults(page, 'all')).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.locator('html[data-mantine-color-scheme=dark]').waitFor()
    expect(await seriousFaults(page, 'colours')).toEqual([])
    expect(complaints).toEqual([])
  })

  it.each(
    places.filter(({ name }) =>
      /^connectivity-(row|nodes-row|refused|history|comparison|watched|allow-list)$/.test(name),
    ),
  )('$name: needs no sideways scrolling at 200 % zoom of a window of 1280 px', async (place) => {
    const context = await browser.newContext({ viewport: { width: 640, height: 400 } })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await page.goto(`${server.origin}/?scene=${place.scene ?? 'usual'}`)
    await page.getByRole('navigation', { name: 'Hangar' }).waitFor()
    await place.go(page)

    // The panel of a tab scrolls in its own place: what is too wide shows there, not in the document.
    const tooWide = await page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll('[role=tabpanel]')].some(
        (part) => part.scrollWidth > part.clientWidth,
      ),
    )
    expect(tooWide).toBe(false)
  })

  it('needs no sideways scrolling of the page at 200 % zoom of a window of 1280 px', async () => {
    const context = await browser.newContext({ viewport: { width: 640, height: 400 } })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await page.goto(`${server.origin}/`)
    await page.getByRole('navigation', { name: 'Hangar' }).waitFor()

    const tooWide: string[] = []
    for (const tab of ['Overview', 'Install', 'Connectivity', 'Workloads', 'Logs', 'Activity']) {
      await page.getByRole('tab', { name: tab }).click()
      await page.getByRole('tabpanel').waitFor()
      if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) tooWide.push(tab)
    }

    expect(tooWide).toEqual([])
  })
})
