import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { type Viewport, windowOfTests } from './openWindow.ts'
import { planeTab } from './viewState.ts'

const openWindow = windowOfTests()

async function open(scene = 'usual', viewport?: Viewport): Promise<Page> {
  const page = await openWindow({ scene, viewport })
  await planeTab('demo', 'Overview')(page)
  return page
}

const map = (page: Page) => page.getByRole('group', { name: 'Map of demo' })
const end = (page: Page, name: RegExp) => map(page).getByRole('button', { name })

describe('the overview', () => {
  it('says in a sentence what is wrong', async () => {
    const page = await open()
    await page
      .getByRole('heading', { name: /^Agent and Certificate manager are down. .* failed their last check.$/ })
      .waitFor()
  })

  it('names why a cluster is unreachable that never answered, also in the navigation', async () => {
    const page = await open('untrusted')
    const reason = 'The certificate of the API server of bed-1 is not trusted.'
    await page.getByRole('heading', { name: reason }).waitFor()
    await page
      .getByRole('navigation', { name: 'Hangar' })
      .getByRole('button', { name: `demo Unreachable: ${reason}` })
      .waitFor()
  })

  it('the link that skips the navigation moves the focus and stays in the view', async () => {
    const page = await open()
    await planeTab('payments-eu', 'About')(page)
    await page.getByRole('link', { name: 'Skip to content' }).focus()
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('view')
    await page.getByRole('heading', { name: 'payments-eu', level: 1 }).waitFor()
    await page.getByRole('tab', { name: 'About', selected: true }).waitFor()
  })

  it('says that a plane is uninstalled, and removes it', async () => {
    const page = await open('uninstalled')
    await page.getByRole('heading', { name: 'This plane is uninstalled. Nothing of it runs on bed-1.' }).waitFor()
    await page.getByRole('button', { name: 'Forget plane …' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Forget plane' }).click()
    await page
      .getByRole('navigation', { name: 'Hangar' })
      .getByRole('button', { name: 'demo', exact: true })
      .waitFor({ state: 'hidden' })
  })

  it('shows a plane that is not installed as a plan, without a fault', async () => {
    const page = await open('planned')
    await planeTab('payments-eu', 'Overview')(page)
    await page.getByRole('heading', { name: 'This plane is not installed on aks-payments-eu yet.' }).waitFor()
    await page
      .getByRole('group', { name: 'Map of payments-eu' })
      .getByRole('button', { name: 'Agent: Not installed' })
      .waitFor()
    await page.getByText('Nothing needs attention.').waitFor()
    expect(await page.getByText(/Missing|need attention/).count()).toBe(0)
    await planeTab('payments-eu', 'Workloads')(page)
    await page.getByRole('treeitem', { name: /Agent/ }).getByText('Not installed').waitFor()
    expect(await page.getByText('Missing').count()).toBe(0)
  })

  it('opens the details of a part of the map; Escape closes them and returns the focus', async () => {
    const page = await open()
    const hub = end(page, /^Gateway to Event hub, AMQP 1.0: Fail/)
    await hub.focus()
    await page.keyboard.press('Enter')
    const drawer = page.getByRole('dialog', { name: 'Event hub' })
    await drawer.getByText('Connection timeout').waitFor()
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'hidden' })

    await expect.poll(() => hub.evaluate((element) => element === document.activeElement)).toBe(true)
  })

  it('shows the same details after a reload; Back closes them', async () => {
    const page = await open()
    await end(page, /^Agent: Degraded/).click()
    await page.getByRole('dialog', { name: 'Agent' }).waitFor()
    await page.reload()
    await page.getByRole('dialog', { name: 'Agent' }).getByText('CrashLoopBackOff').first().waitFor()
    await page.goBack()
    await page.getByRole('dialog', { name: 'Agent' }).waitFor({ state: 'hidden' })
    await map(page).waitFor()
  })

  it('moves among the parts with arrows, as one stop for Tab', async () => {
    const page = await open()
    await map(page).waitFor()
    expect(await map(page).locator('[role=button][tabindex="0"]').count()).toBe(1)
    await map(page).locator('[role=button]').first().focus()
    await page.keyboard.press('End')
    const focused = await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
    expect(focused).toContain(' to ')
    expect(await map(page).locator('[role=button][tabindex="0"]').getAttribute('aria-label')).toBe(focused)
  })

  it('has the content of the map in its list', async () => {
    const page = await open()
    await map(page).waitFor()
    const labels = await map(page).locator('[role=button]').count()
    await page.getByRole('radiogroup', { name: 'View of the map' }).getByText('List').click()
    const rows = page.locator('table').getByRole('button')
    await rows.first().waitFor()
    expect(await rows.count()).toBe(labels)
  })

  it('shows the check of an edge while it runs, and its verdict after', async () => {
    const page = await open('slow')
    await map(page).waitFor()
    await page.getByRole('button', { name: 'Check connections' }).click()
    await end(page, /^Agent to Control plane, WebSocket: Checking$/).waitFor()
    await end(page, /^Agent to Control plane, WebSocket: Fail/).waitFor()
    await page.getByRole('button', { name: 'Stop checking' }).click()
  })

  it.each(['SVG', 'PNG'])('saves the map as %s', async (format) => {
    const page = await open()
    await map(page).waitFor()
    await page.getByRole('button', { name: 'Save map' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: `As ${format}` }).click(),
    ])
    expect(download.suggestedFilename()).toBe(`map-of-demo.${format.toLowerCase()}`)
  })

  it('shifts nothing after the view has appeared', async () => {
    const page = await open()
    await map(page).waitFor()
    await page.evaluate(() => {
      Reflect.set(globalThis, 'shift', 0)
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          Reflect.set(globalThis, 'shift', Reflect.get(globalThis, 'shift') + Reflect.get(entry, 'value'))
      }).observe({ type: 'layout-shift', buffered: true })
    })
    await page.getByRole('button', { name: 'Check connections' }).click()
    await page.getByRole('button', { name: 'Check connections' }).waitFor()
    expect(await page.evaluate(() => Number(Reflect.get(globalThis, 'shift')))).toBeLessThan(0.02)
  })
})
