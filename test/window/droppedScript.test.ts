import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { windowOfTests } from './openWindow.ts'

const openWindow = windowOfTests()

/** Drops the first requests for a file, as chromium does when the network changes. */
const drop = (page: Page, file: RegExp, count: number) => {
  let dropped = 0
  return page.route(file, (route) => {
    if (dropped >= count) return route.continue()
    dropped += 1
    return route.abort('internetdisconnected')
  })
}

/** How many rules of the view's own styles the page has; a style sheet that failed shows none. */
const rules = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const own = [...document.styleSheets].filter(({ href }) => href?.includes('VendorDraft'))
    try {
      return own.reduce((sum, { cssRules }) => sum + cssRules.length, 0)
    } catch {
      return 0
    }
  })

it.each([
  ['script', /VendorDraft-.*\.js/],
  ['style', /VendorDraft-.*\.css/],
])('a view whose %s is dropped twice by the network appears by itself, with its styles', async (_, file) => {
  const page = await openWindow({ address: '/profiles?from=files', prepare: (each) => drop(each, file, 2) })
  await page.getByRole('button', { name: 'Choose files' }).waitFor()
  expect(await rules(page)).toBeGreaterThan(5)
})

it('a view that cannot be loaded is replaced by a notice that can try again, and the rest of the window works', async () => {
  const file = /VendorDraft-.*\.js/
  const page = await openWindow({
    address: '/profiles?from=files',
    prepare: (each) => drop(each, file, Number.POSITIVE_INFINITY),
  })
  await page.getByRole('alert').filter({ hasText: 'This view could not be loaded.' }).waitFor()
  await page.getByRole('navigation').first().getByText('Settings').waitFor()
  await page.unroute(file)
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('button', { name: 'Choose files' }).waitFor()
  expect(await page.getByRole('alert').count()).toBe(0)
})
