import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GalleryServer, startGallery } from '../../scripts/gallery-server.ts'
import { chromiumProgram, launchChromium } from './chromium.ts'
import { boxesOfPage, withinTolerance } from './gallery/boxes.ts'
import { entries } from './gallery/entries.ts'
import { loadPage } from './loadPage.ts'

const boxesFile = join(import.meta.dirname, 'gallery/boxes.txt')

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

  it('has the layout of the stored boxes, the same light and dark', async () => {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      reducedMotion: 'reduce',
      timezoneId: 'UTC',
    })
    const page = await context.newPage()
    const boxesIn = async (theme: 'light' | 'dark') => {
      const { href } = new URL(`${entries[0]?.path}&theme=${theme}`, gallery.address)
      await loadPage(page, href, page.getByRole('heading', { name: 'Components' }))
      await page.evaluate(() => document.fonts.ready)
      return page.evaluate(boxesOfPage)
    }
    const light = await boxesIn('light')
    expect(await boxesIn('dark')).toEqual(light)
    const stored = await readFile(boxesFile, 'utf8').catch(() => '')
    await expect(withinTolerance(light, stored)).toMatchFileSnapshot(boxesFile)
    await context.close()
  })

  it('renders every entry without an error', async () => {
    const page = await browser.newPage()
    const errors: string[] = []
    page.on('pageerror', ({ message }) => errors.push(message))
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
    for (const { group, name, path } of entries) {
      await loadPage(page, new URL(`${path}&theme=dark`, gallery.address).href, page.getByRole('heading').first())
      expect([group, name, ...errors]).toEqual([group, name])
    }
    await page.close()
  }, 120_000)
})
