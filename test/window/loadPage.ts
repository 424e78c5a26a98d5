import type { Page, Request } from 'playwright'

/**
 * Opens Hangar's window. Chromium drops requests when an interface of the machine comes or goes, as the beds of other tests make
 * them: then once more, as a user would.
 */
export async function loadPage(page: Page, url: string): Promise<void> {
  let dropped = false
  const note = (request: Request): void => {
    dropped ||= request.failure()?.errorText === 'net::ERR_NETWORK_CHANGED'
  }
  // In the document also while a dialog hides it from assistive technology.
  const load = async (): Promise<void> => {
    await page.goto(url)
    await page.locator('nav[aria-label="Hangar"]').waitFor({ state: 'attached' })
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
