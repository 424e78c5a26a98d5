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

/** The demo plane, whose profile a colleague has changed. */
async function open(tab: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.goto(`${server.origin}/?scene=profile-changed`)
  await page.getByRole('navigation', { name: 'Hangar' }).getByRole('button', { name: 'demo' }).click()
  await page.getByRole('tab', { name: tab }).click()
  return page
}

const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'Profile of demo changed' })
const review = (page: Page) => page.getByRole('button', { name: 'Review changes' }).click()
const approve = (page: Page) => dialogOf(page).getByRole('button', { name: 'Approve profile' }).click()

describe('a plane whose profile changed', () => {
  it('shows where connections would go, with the focus on Cancel, and Escape approves nothing', async () => {
    const page = await open('Overview')
    await review(page)

    const endpoints = (await dialogOf(page).getByRole('region', { name: 'Endpoints' }).textContent()) ?? ''
    for (const fact of [
      'image-registry changed',
      'registry.vendor.example → registry-1.attacker.example\\u{202e}',
      'system → file ca.pem',
      'telemetry added',
      'collector.example',
      'old-broker removed',
    ]) {
      expect(endpoints).toContain(fact)
    }
    expect(
      await dialogOf(page)
        .getByRole('region', { name: /^Files/ })
        .textContent(),
    ).toContain('ca.pem added')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Cancel')
    await page.keyboard.press('Escape')
    await dialogOf(page).waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Review changes' }).waitFor()
  })

  it('is not checked until the change is approved', async () => {
    const page = await open('Connectivity')
    await page
      .getByRole('button', { name: /^Check/ })
      .first()
      .click()
    await page.getByRole('alert').getByRole('button', { name: 'Review', exact: true }).click()
    await approve(page)

    await dialogOf(page).waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Review changes' }).waitFor({ state: 'hidden' })
    await page.getByRole('alert').waitFor({ state: 'hidden' })
  })

  it('shows the change again if it is another one by now', async () => {
    const page = await open('Overview')
    await review(page)
    await page.evaluate(() => {
      fakeBackend.profileVersion = 2
    })
    await approve(page)

    await dialogOf(page).getByText('Changed since it was shown').waitFor()
    expect(await dialogOf(page).textContent()).toContain('registry-2.attacker.example')
    await approve(page)
    await dialogOf(page).waitFor({ state: 'hidden' })
  })
})
