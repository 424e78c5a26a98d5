import { AxeBuilder } from '@axe-core/playwright'
import type { Locator, Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { windowOfTests } from './openWindow.ts'

const openWindow = windowOfTests()
const plane = '/planes/0b8f6c1e-52a4-4f5e-9d3c-2f1a6b7c8d90'
const slow = { timeout: 10_000 }

/** A place, and the button there that opens something. */
type Opener = readonly [name: string, address: string, opener: (page: Page) => Locator]

const button =
  (name: string | RegExp) =>
  (page: Page): Locator =>
    page.getByRole('button', { name, exact: true }).first()

/** Where the focus is: in what is open, on the opener, on the body, or elsewhere. */
const focusIn = (opener: Locator, role: 'dialog' | 'menu'): Promise<string> =>
  opener.evaluate((element, opened) => {
    const { activeElement } = document
    if (activeElement === element) return 'opener'
    if (activeElement === null || activeElement === document.body) return 'body'
    return activeElement.closest(`[role=${opened}]`) === null ? 'elsewhere' : opened
  }, role)

async function openByKeyboard(page: Page, opener: Locator, role: 'dialog' | 'menu'): Promise<void> {
  await opener.focus()
  await page.keyboard.press('Enter')
  await page.getByRole(role).first().waitFor()
  await expect.poll(() => focusIn(opener, role), slow).toBe(role)
}

async function closeByEscape(page: Page, opener: Locator, role: 'dialog' | 'menu'): Promise<void> {
  // A field with open suggestions closes them first.
  const suggests = await page.evaluate(() => document.activeElement?.getAttribute('aria-expanded') === 'true')
  if (suggests) await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.getByRole(role).first().waitFor({ state: 'hidden' })
  await expect.poll(() => focusIn(opener, role), slow).toBe('opener')
}

const menus: readonly Opener[] = [
  ['New', '/', button('New')],
  ['Check planes', '/', button(/^Check \d+ planes$/)],
  ['Actions for a plane', '/', button('Actions for demo')],
  ['Save map', `${plane}/overview`, button('Save map')],
  ['Export report', `${plane}/connectivity`, button('Export report')],
]

describe('a menu', () => {
  it.each(menus)('%s takes the focus, Escape gives it back, and axe finds nothing', async (_, address, of) => {
    const page = await openWindow({ address })
    const opener = of(page)
    await openByKeyboard(page, opener, 'menu')
    const { violations } = await new AxeBuilder({ page }).include('[role=menu]').options({ preload: false }).analyze()
    expect(
      violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id),
    ).toEqual([])
    await page.keyboard.press('ArrowDown')
    expect(await focusIn(opener, 'menu')).toBe('menu')
    await closeByEscape(page, opener, 'menu')
  })
})

const dialogs: readonly Opener[] = [
  ['search of views', '/', button(/^Go to/)],
  ['watch', `${plane}/connectivity`, button(/^Watch/)],
  ['copy of a profile', '/profiles/demo', button('Copy profile …')],
  ['deletion of a profile', '/profiles/draft', button('Delete profile …')],
  ['change of the context', `${plane}/about`, button('Change context …')],
]

describe('a dialog', () => {
  it.each(dialogs)('%s takes the focus and keeps it, and Escape gives it back', async (_, address, of) => {
    const page = await openWindow({ address })
    const opener = of(page)
    await openByKeyboard(page, opener, 'dialog')
    for (const key of [...Array<string>(12).fill('Tab'), ...Array<string>(4).fill('Shift+Tab')]) {
      await page.keyboard.press(key)
      expect(await focusIn(opener, 'dialog')).toBe('dialog')
    }
    await closeByEscape(page, opener, 'dialog')
  })
})
