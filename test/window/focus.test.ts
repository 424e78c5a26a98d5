import { AxeBuilder } from '@axe-core/playwright'
import type { Locator, Page } from 'playwright'
import { expect, it } from 'vitest'
import { demoId, paymentsId } from './fake-backend/planes.ts'
import { windowOfTests } from './openWindow.ts'

const openWindow = windowOfTests()
const plane = `/planes/${demoId}`
const slow = { timeout: 10_000 }

/** A place, and the button there that opens something. */
interface Opener {
  readonly name: string
  readonly address: string
  readonly opener: (page: Page) => Locator
  /** The item of the opener's menu that opens the dialog. */
  readonly item?: string
  /** Opens what concerns no button, where the focus is. */
  readonly key?: string
}

const button =
  (name: string | RegExp) =>
  (page: Page): Locator =>
    page.getByRole('button', { name, exact: true }).first()

const at = (name: string, address: string, opener: string | RegExp, rest: Partial<Opener> = {}): Opener => ({
  name,
  address,
  opener: button(opener),
  ...rest,
})

/** Where the focus is: in what is open, on the opener, on the body, or elsewhere. */
const focusIn = (opener: Locator, role: 'dialog' | 'menu'): Promise<string> =>
  opener.evaluate((element, opened) => {
    const { activeElement } = document
    if (activeElement === element) return 'opener'
    if (activeElement === null || activeElement === document.body) return 'body'
    return activeElement.closest(`[role=${opened}]`) === null ? 'elsewhere' : opened
  }, role)

async function openByKeyboard(page: Page, { opener: of, item, key = 'Enter' }: Opener, role: 'dialog' | 'menu') {
  const opener = of(page)
  await opener.focus()
  await page.keyboard.press(key)
  if (item !== undefined) {
    await page.getByRole('menuitem', { name: item }).focus()
    await page.keyboard.press('Enter')
  }
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

/** Each in the same window: a load takes longer than the rest. */
async function each(openers: readonly Opener[], scene: string, check: (page: Page, opener: Opener) => Promise<void>) {
  const page = await openWindow({ scene })
  if (scene === 'locked') {
    // It opens by itself at the start.
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  }
  for (const opener of openers) {
    await page.evaluate((hash) => {
      location.hash = hash
    }, opener.address)
    await check(page, opener).catch((error: unknown) => {
      throw new Error(`${opener.name}: ${error instanceof Error ? error.message : error}`, { cause: error })
    })
  }
}

const menus: readonly Opener[] = [
  at('New', '/', 'New'),
  at('Check planes', '/', /^Check \d+ planes$/),
  at('Actions for a plane', '/', 'Actions for demo'),
  at('Save map', `${plane}/overview`, 'Save map'),
  at('Export report', `${plane}/connectivity`, 'Export report'),
]

it('a menu takes the focus, Escape gives it back, and axe finds nothing', async () => {
  await each(menus, 'usual', async (page, each) => {
    const opener = each.opener(page)
    await openByKeyboard(page, each, 'menu')
    const { violations } = await new AxeBuilder({ page }).include('[role=menu]').options({ preload: false }).analyze()
    expect(
      violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id),
    ).toEqual([])
    await page.keyboard.press('ArrowDown')
    expect(await focusIn(opener, 'menu')).toBe('menu')
    await closeByEscape(page, opener, 'menu')
  })
}, 120_000)

/** By the scene of the fake backend. */
const dialogs: readonly (readonly [scene: string, openers: readonly Opener[]])[] = [
  [
    'usual',
    [
      at('search of views', '/', /^Go to/),
      at('shortcuts', '/', 'New', { key: '?' }),
      at('edit of a plane', '/', 'Actions for demo', { item: 'Edit plane …' }),
      at('part of the map', `${plane}/overview`, /^Agent: Degraded/),
      at('vantages', `${plane}/connectivity`, /^From /),
      at('watch', `${plane}/connectivity`, /^Watch/),
      at('allow-list', `${plane}/connectivity`, 'Create allow-list …'),
      at('sources of logs', `${plane}/logs`, /permission missing for 1 source/),
      at('saved searches', `${plane}/logs`, 'Saved'),
      at('columns of logs', `${plane}/logs`, 'Columns'),
      at('export of logs', `${plane}/logs`, 'Export'),
      at('retention of logs', `${plane}/logs`, 'Retention …'),
      at('deletion of logs', `${plane}/logs`, 'Delete logs …'),
      at('change of the context', `${plane}/about`, 'Change context …'),
      at('forgetting a plane', `${plane}/about`, 'Forget plane …'),
      at('values of releases', `/planes/${paymentsId}/install/settings`, 'Where values come from'),
      at('copy of a profile', '/profiles/demo', 'Copy profile …'),
      at('deletion of a profile', '/profiles/draft', 'Delete profile …'),
    ],
  ],
  ['profile-changed', [at('change of a profile', `${plane}/overview`, 'Review changes')]],
  ['consent', [at('sign-in', `/planes/${paymentsId}/overview`, 'Review sign-in')]],
  ['locked', [at('vault', '/', 'Unlock vault')]],
]

it.each(dialogs)(
  'a dialog takes the focus and keeps it, and Escape gives it back: %s',
  async (scene, openers) => {
    await each(openers, scene, async (page, each) => {
      const opener = each.opener(page)
      await openByKeyboard(page, each, 'dialog')
      for (const key of [...Array<string>(12).fill('Tab'), ...Array<string>(4).fill('Shift+Tab')]) {
        await page.keyboard.press(key)
        expect(await focusIn(opener, 'dialog')).toBe('dialog')
      }
      await closeByEscape(page, opener, 'dialog')
    })
  },
  120_000,
)
