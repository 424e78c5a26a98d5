import type { Browser, Page as Tab } from 'playwright'
import { loadPage } from '../window/loadPage.ts'

/** What the window received and displayed. */
export interface Page {
  /** Names of the plane's views that were opened. */
  readonly tabs: readonly string[]
  /** Every message of the WebSocket to the page, and every body of a plain answer that is not a script or style. */
  readonly received: readonly Buffer[]
  /** The page's markup and what its fields and storage hold, in each view. */
  readonly texts: readonly string[]
}

export interface BrowseOptions {
  readonly plane: string
  /** Unlocks the vault with it, as a user would. */
  readonly passphrase: string | undefined
  /** A context to probe in the wizard. */
  readonly context: string
}

/** Goes through every view of a plane, the wizard's list of contexts, and the views of the app. */
export async function browse(
  browser: Browser,
  address: string,
  { plane, passphrase, context }: BrowseOptions,
): Promise<Page> {
  const own = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  try {
    const page = await own.newPage()
    page.setDefaultTimeout(20_000)
    const received: Buffer[] = []
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => received.push(Buffer.from(payload))))
    await loadPage(page, address)
    const navigation = page.getByRole('navigation', { name: 'Hangar' })
    const texts: string[] = []
    const look = async (): Promise<void> => {
      await page.waitForLoadState('networkidle')
      texts.push(await shownOn(page))
    }

    if (passphrase !== undefined) {
      // The first view may have opened the dialog already; then the dialog covers this button.
      await page.locator('button', { hasText: 'Unlock vault' }).dispatchEvent('click')
      await page.locator('input[name=passphrase]').fill(passphrase)
      await page.getByRole('dialog').getByRole('button', { name: 'Unlock vault' }).click()
      await page.getByRole('dialog').waitFor({ state: 'hidden' })
    }
    await navigation.getByRole('button', { name: new RegExp(`^${plane}\\b`) }).click()
    const tabs: string[] = []
    // The views of a plane are loaded after the first view.
    await page.getByRole('tab').first().waitFor()
    for (const tab of await page.getByRole('tab').all()) {
      tabs.push((await tab.textContent()) ?? '')
      await tab.click()
      await page.getByRole('tabpanel').waitFor()
      await look()
      if (tabs.at(-1) === 'Connectivity') {
        await page.getByRole('button', { name: 'Check all' }).click()
        await page.getByText('Last checked').waitFor()
        await look()
      }
      if (tabs.at(-1) === 'Workloads') {
        await page.getByRole('treeitem').first().click()
        await look()
        await page.keyboard.press('Escape')
      }
    }
    await page.getByRole('button', { name: 'Installation', exact: true }).click()
    await page.getByRole('navigation', { name: 'Installation steps' }).waitFor()
    await look()
    tabs.push('Installation')
    await navigation.getByRole('button', { name: 'Install a plane' }).click()
    await page.getByRole('option', { name: new RegExp(context) }).click()
    await page
      .getByText(/sign in again|does not accept|is reachable/i)
      .first()
      .waitFor()
    await look()
    for (const view of ['Activity', 'Profiles', 'Settings']) {
      await navigation.getByRole('button', { name: new RegExp(`^${view}`) }).click()
      await look()
    }
    return { tabs, received, texts }
  } finally {
    await own.close()
  }
}

const shownOn = (page: Tab): Promise<string> =>
  page.evaluate(() =>
    [
      document.documentElement.outerHTML,
      JSON.stringify({ ...sessionStorage }),
      JSON.stringify({ ...localStorage }),
      JSON.stringify(history.state),
      ...[...document.querySelectorAll('input, textarea')].map((field) => String(Reflect.get(field, 'value'))),
    ].join('\n'),
  )
