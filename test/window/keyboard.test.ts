import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { windowOfTests } from './openWindow.ts'

const openWindow = windowOfTests()
const plane = '/planes/0b8f6c1e-52a4-4f5e-9d3c-2f1a6b7c8d90'

const addressOf = (page: Page): Promise<string> => page.evaluate(() => location.hash.slice(1))
const hasAddress = (page: Page, address: string) =>
  page.waitForFunction((hash) => location.hash === hash, `#${address}`)
const field = (page: Page) => page.getByRole('textbox', { name: 'Search views and actions' })

describe('the palette', () => {
  it('takes the first keys at once, also while it loads, and none of them reaches the view', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const page = await openWindow({
      address: `${plane}/overview`,
      prepare: (opening) => opening.route(/\/Palette-[^/]*\.js/, (route) => held.then(() => route.continue())),
    })
    await page.keyboard.press('Control+k')
    await page.keyboard.type('logs paymentx')
    await page.keyboard.press('Backspace')
    release()
    await field(page).waitFor()
    expect(await field(page).inputValue()).toBe('logs payment')
    await page.keyboard.type('s')
    await page.getByRole('dialog').getByRole('button', { name: 'payments-eu: Logs' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'payments-eu', level: 1 }).waitFor()
    expect(await addressOf(page)).toMatch(/\/logs$/)

    // What was used last is first.
    await page.keyboard.press('Control+k')
    expect(await page.getByRole('dialog').getByRole('button').first().textContent()).toContain('payments-eu: Logs')
  })

  it('finds pods, components, endpoints and sections of the help by several words', async () => {
    const page = await openWindow({ address: `${plane}/workloads` })
    await page.getByRole('tree').waitFor()
    for (const [query, name, address] of [
      ['pod agent', /^agent-/, `${plane}/workloads?object=`],
      ['component gateway', /Gateway/, `${plane}/overview?component=`],
      ['endpoint hub', /Event hub/, `${plane}/overview?endpoint=`],
      ['activity failed', 'Activity: Failed', '/activity?outcome=failed'],
      ['reset tls', /^tls\.reset/, '/help/causes/tls-reset'],
    ] as const) {
      await page.goto(page.url().replace(/#.*$/, `#${plane}/workloads`))
      await page.getByRole('tree').waitFor()
      await page.keyboard.press('Control+k')
      await field(page).fill(query)
      await page.getByRole('dialog').getByRole('button', { name }).first().click()
      await page.waitForFunction((start) => location.hash.startsWith(`#${start}`), address)
    }
  })
})

it('each listed shortcut works, and so do the buttons of a mouse', async () => {
  const page = await openWindow({ address: `${plane}/overview` })
  await page.getByRole('group', { name: 'Map of demo' }).waitFor()
  await page.keyboard.press('?')
  const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await list.waitFor()
  expect(await list.getByRole('term').allTextContents()).toEqual([
    'Search views and actions',
    'Search in the view',
    'Open a tab of the plane',
    'Back',
    'Forward',
    'List the shortcuts',
  ])
  // Above a dialog, a character is no shortcut.
  await page.keyboard.press('5')
  expect(await addressOf(page)).toBe(`${plane}/overview`)
  await page.keyboard.press('Escape')
  await list.waitFor({ state: 'hidden' })

  await page.keyboard.press('4')
  await hasAddress(page, `${plane}/logs`)
  await page.getByRole('listbox').waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('5?')
  expect(
    await page.evaluate(() => document.activeElement instanceof HTMLInputElement && document.activeElement.value),
  ).toBe('5?')
  await page.keyboard.press('Alt+ArrowLeft')
  await hasAddress(page, `${plane}/overview`)
  await page.keyboard.press('Alt+ArrowRight')
  await page.waitForFunction((start) => location.hash.startsWith(`#${start}`), `${plane}/logs`)

  const protocol = await page.context().newCDPSession(page)
  const click = async (button: 'back' | 'forward') => {
    for (const type of ['mousePressed', 'mouseReleased'] as const)
      await protocol.send('Input.dispatchMouseEvent', { type, x: 600, y: 400, button, clickCount: 1 })
  }
  await click('back')
  await hasAddress(page, `${plane}/overview`)
  await click('forward')
  await page.waitForFunction((start) => location.hash.startsWith(`#${start}`), `${plane}/logs`)
})

it('the help is searched, its links lead to its pages, and Back returns', async () => {
  const page = await openWindow({ address: '/help/causes/dns-nxdomain' })
  await page.locator('#help-dns-nxdomain:focus').waitFor()
  await page.getByRole('textbox', { name: 'Search the help' }).fill('reset hello')
  await page
    .getByRole('list', { name: 'Search results' })
    .getByRole('link', { name: /^tls\.reset/ })
    .click()
  await hasAddress(page, '/help/causes/tls-reset')
  expect(await page.title()).toBe('Causes – Help – Hangar')
  await page.goBack()
  await hasAddress(page, '/help/causes/dns-nxdomain')
})
