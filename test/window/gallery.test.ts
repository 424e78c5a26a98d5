import { existsSync } from 'node:fs'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GalleryServer, startGallery } from '../../scripts/gallery-server.ts'
import { chromiumProgram, launchChromium } from './chromium.ts'
import { entries } from './gallery/entries.ts'

const reason = existsSync(chromiumProgram()) ? '' : '(chromium is not installed)'

describe.skipIf(reason !== '')(`npm run gallery ${reason}`, () => {
  let gallery: GalleryServer
  let browser: Browser
  beforeAll(async () => {
    gallery = await startGallery(0)
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await gallery?.close()
  })

  it('lists every entry and shows the selected one light and dark', async () => {
    const page = await browser.newPage()
    await page.goto(gallery.address)

    expect(await page.getByRole('navigation').getByRole('link').count()).toBe(entries.length)
    await page.getByRole('link', { name: 'all', exact: true }).click()
    for (const title of ['Light', 'Dark']) {
      await page.frameLocator(`iframe[title=${title}]`).getByRole('heading', { name: 'Components' }).waitFor()
    }
    await page.close()
  })

  it('renders every entry without an error', async () => {
    const page = await browser.newPage()
    const errors: string[] = []
    page.on('pageerror', ({ message }) => errors.push(message))
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
    for (const { group, name, path } of entries) {
      await page.goto(new URL(`${path}&theme=dark`, gallery.address).href)
      await page.getByRole('heading').first().waitFor()
      expect([group, name, ...errors]).toEqual([group, name])
    }
    await page.close()
  }, 120_000)
})
