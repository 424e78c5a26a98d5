import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { type Viewport, windowOfTests } from './openWindow.ts'

const openWindow = windowOfTests()

async function open(scene = 'fleet', viewport?: Viewport): Promise<Page> {
  const page = await openWindow({ scene, viewport })
  await page.getByRole('heading', { name: 'Planes', level: 1 }).waitFor()
  return page
}

const list = (page: Page) => page.getByRole('region', { name: 'List of planes' })
const sidebar = (page: Page) => page.getByRole('navigation', { name: 'Hangar' })
const counts = (page: Page) => page.getByRole('group', { name: 'Planes by state' })

describe('home with 100 planes', () => {
  it('shows what needs a person first: the part and its cause on one line; one click leads to the place', async () => {
    const page = await open()
    const attention = page.getByRole('region', { name: 'Needs attention' })
    const item = (name: string) => attention.getByRole('button', { name, exact: true }).first()
    await item('Agent is down: crash loop').click()
    await page.getByRole('dialog', { name: 'Agent' }).waitFor()
    await page.goBack()
    await item('Event hub: Connection timeout').click()
    await page.getByRole('dialog', { name: 'Event hub' }).waitFor()
  })

  it('a count filters the planes; the same again shows all', async () => {
    const page = await open()
    const unreachable = counts(page).getByRole('button', { name: /Unreachable/ })
    await unreachable.click()
    await list(page)
      .getByRole('button', { name: /The client certificate of .* expired/ })
      .first()
      .waitFor()
    expect(await list(page).getByText('Agent is down').count()).toBe(0)
    await unreachable.click()
    await list(page).getByText('Agent is down').first().waitFor()
  })

  it('finds planes by several words, and groups them by region', async () => {
    const page = await open()
    await page.getByRole('textbox', { name: 'Search planes' }).fill('claims eastus')
    await page.getByRole('combobox', { name: 'Group by' }).click()
    await page.getByRole('option', { name: 'Region' }).click()
    await list(page)
      .getByRole('heading', { name: /^eastus/ })
      .waitFor()
    expect(await list(page).getByRole('heading').count()).toBe(1)
    expect(
      await list(page)
        .getByRole('article', { name: /^claims-eastus/ })
        .count(),
    ).toBeGreaterThan(1)
    // Back from a plane, the choice is still there.
    await list(page)
      .getByRole('button', { name: /^claims-eastus/ })
      .first()
      .click()
    await page.getByRole('tab', { name: 'Overview', selected: true }).waitFor()
    await page.goBack()
    await list(page)
      .getByRole('heading', { name: /^eastus/ })
      .waitFor()
  })

  it('renders only the planes in view, and the last one after scrolling', async () => {
    const page = await open()
    expect(await list(page).getByRole('article').count()).toBeLessThan(40)
    await page.locator('main').evaluate((view) => view.scrollTo(0, view.scrollHeight))
    await list(page).getByText('Not installed yet').last().waitFor()
  })

  it('moves among the planes with arrows, and opens one with Enter', async () => {
    const page = await open()
    const first = list(page).locator('[data-row]').first()
    await first.focus()
    for (let step = 0; step < 30; step += 1) await page.keyboard.press('ArrowDown')
    const name = await page.evaluate(() => document.activeElement?.closest('article')?.getAttribute('aria-label'))
    expect(name).toMatch(/^[a-z]+-[a-z]+-\d\d$/)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: name ?? '', level: 1 }).waitFor()
  })

  it('the sidebar keeps Activity, Settings and the search on the screen, pinned planes first, and has a filter', async () => {
    const page = await open('fleet', { width: 900, height: 600 })
    for (const name of ['Activity', 'Settings', /Go to/]) {
      const box = await sidebar(page).getByRole('button', { name }).boundingBox()
      expect((box?.y ?? 1_000) + (box?.height ?? 0)).toBeLessThanOrEqual(600)
    }
    const planes = sidebar(page).locator('[data-row][title]')
    expect(await planes.first().getAttribute('title')).toMatch(/-71:/)
    await sidebar(page).getByRole('textbox', { name: 'Filter planes' }).fill('ledger expired')
    await expect.poll(() => planes.count()).toBe(1)
  })

  it('checks the planes that are listed, without a shift', async () => {
    const page = await open()
    await counts(page)
      .getByRole('button', { name: /Healthy/ })
      .click()
    await page.getByRole('button', { name: /^Check \d+ planes$/ }).waitFor()
    await page.evaluate(() => {
      Reflect.set(globalThis, 'shift', 0)
      new PerformanceObserver((entries) => {
        for (const entry of entries.getEntries())
          Reflect.set(globalThis, 'shift', Reflect.get(globalThis, 'shift') + Reflect.get(entry, 'value'))
      }).observe({ type: 'layout-shift' })
    })
    await page.getByRole('button', { name: /^Check \d+ planes$/ }).click()
    await page.getByRole('menuitem', { name: 'Health and connections' }).click()
    await list(page).getByText('just now').first().waitFor()
    await page.getByRole('button', { name: /^Check \d+ planes$/ }).waitFor()
    expect(await page.evaluate(() => Number(Reflect.get(globalThis, 'shift')))).toBeLessThan(0.02)
  })
})

describe('a plane on home', () => {
  it('gets another name and labels', async () => {
    const page = await open('usual')
    await page.getByRole('button', { name: 'Actions for demo' }).click()
    await page.getByRole('menuitem', { name: 'Edit plane …' }).click()
    const dialog = page.getByRole('dialog', { name: 'Edit demo' })
    await dialog.getByRole('textbox', { name: 'Name' }).fill('payments-eu')
    await dialog.getByRole('button', { name: 'Save plane' }).click()
    await dialog.getByText('A plane named "payments-eu" already exists.').waitFor()
    await dialog.getByRole('textbox', { name: 'Name' }).fill('demo-2')
    await dialog.getByLabel('Labels').first().fill('team=orders')
    await page.keyboard.press('Enter')
    await dialog.getByRole('button', { name: 'Save plane' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await sidebar(page)
      .getByRole('button', { name: /^demo-2/ })
      .waitFor()
    await page.getByRole('textbox', { name: 'Search planes' }).fill('team=orders')
    await expect.poll(() => list(page).getByRole('article').count()).toBe(1)
  })

  it('is first in the sidebar once it is pinned', async () => {
    const page = await open('usual')
    await page.getByRole('button', { name: 'Actions for payments-eu' }).click()
    await page.getByRole('menuitem', { name: 'Pin plane', exact: true }).click()
    await expect.poll(() => sidebar(page).locator('[data-row][title]').first().textContent()).toContain('payments-eu')
  })
})
