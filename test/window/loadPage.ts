import type { Locator, Page, Request } from 'playwright'

/**
 * Opens a page and waits for what shows that it is there: Hangar's window, or `ready`. Chromium drops requests when an
 * interface of the machine comes or goes, as the beds of other tests make them: then once more, as a user would.
 */
export async function loadPage(
  page: Page,
  url: string,
  // In the document also while a dialog hides it from assistive technology.
  ready: Locator = page.locator('nav[aria-label="Hangar"]'),
): Promise<void> {
  let dropped = false
  const note = (request: Request): void => {
    dropped ||= request.failure()?.errorText === 'net::ERR_NETWORK_CHANGED'
  }
  const load = async (): Promise<void> => {
    await page.goto(url)
    await ready.waitFor({ state: 'attached' })
  }
  page.on('requestfailed', note)
  try {
    await load()
  } catch (error) {
    if (!dropped) throw error
    await load()
  } finally {
    page.off('requestfailed', note)
  }
}
