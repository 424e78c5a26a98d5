import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, inject, onTestFinished } from 'vitest'
import { launchChromium } from './chromium.ts'
import { loadPage } from './loadPage.ts'
import { serveFolder, type WindowServer } from './serve.ts'

export interface Viewport {
  readonly width: number
  readonly height: number
}

export interface Opening {
  /** Of the fake backend. */
  readonly scene?: string | undefined
  /** Of the view, without the "#". */
  readonly address?: string | undefined
  readonly viewport?: Viewport | undefined
  readonly colorScheme?: 'light' | 'dark'
  /** Runs before the page loads. */
  prepare?(page: Page): unknown
}

/**
 * The window in chromium for the tests of a file, which calls this once: the result opens it in a browser context of
 * its own, which is closed when the test ends.
 */
export function windowOfTests(): (opening?: Opening) => Promise<Page> {
  let server: WindowServer
  let browser: Browser
  beforeAll(async () => {
    ;[server, browser] = await Promise.all([serveFolder(inject('windowFolder')), launchChromium()])
  })
  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  return async ({ scene = 'usual', address, viewport = { width: 1280, height: 800 }, colorScheme, prepare } = {}) => {
    const context = await browser.newContext({ viewport, ...(colorScheme && { colorScheme }) })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    await prepare?.(page)
    await loadPage(page, `${server.origin}/?scene=${scene}${address === undefined ? '' : `#${address}`}`)
    return page
  }
}
