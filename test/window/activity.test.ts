import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { windowOfTests } from './openWindow.ts'

const openWindow = windowOfTests()
const demo = '/planes/0b8f6c1e-52a4-4f5e-9d3c-2f1a6b7c8d90'

async function open(address = '/activity', scene?: string): Promise<Page> {
  const page = await openWindow({ address, scene })
  await page.getByRole('textbox', { name: 'Search activity' }).waitFor()
  return page
}

const lines = (page: Page) => page.locator('[data-entry]')
/** Also on a busy machine. */
const slow = { timeout: 10_000 }
const addressOf = (page: Page) => new URL(page.url()).hash

describe('the timeline', () => {
  it('is found by the search of views: its entries lead to their places', async () => {
    const page = await open()
    await lines(page).first().waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('textbox', { name: 'Search views and actions' }).fill('demo agent degraded')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Agent is degraded/ })
      .first()
      .click()
    await page.getByRole('dialog', { name: 'Agent' }).waitFor()
    expect(addressOf(page)).toContain(`${demo}/overview?component=agent`)
  })

  it('has checks, operations, changes of health and edits by day, each with its outcome', async () => {
    const page = await open()
    const today = page.getByRole('region', { name: /^(Today|Yesterday)/ }).first()
    await today.getByText('Agent is degraded').waitFor()
    for (const text of ['Connectivity check', 'Profile draft edited', 'Cluster unreachable', 'Install demo'])
      await page.getByText(text, { exact: true }).first().waitFor()
    await page.getByText('4 failed, 1 warning, 3 passed, 5 skipped').waitFor()
    await page.getByRole('button', { name: '5 changes' }).click()
    await page.getByText('endpoints.event-hub.port').waitFor()
  })

  it('leads to the place of each entry, and Back to the timeline', async () => {
    const page = await open()
    for (const [name, address] of [
      ['Connectivity check', /connectivity\?run=5d0c8f3e/],
      ['Agent is degraded', /overview\?component=agent/],
      ['Cluster unreachable', /overview$/],
      ['Profile draft edited', /profiles\/draft/],
    ] as const) {
      await page.getByRole('button', { name, exact: true }).first().click()
      await expect.poll(() => addressOf(page), slow).toMatch(address)
      await page.goBack()
      await page.getByRole('heading', { name: 'Activity', level: 1 }).waitFor()
    }
  })

  it('is filtered by kind, outcome, time and words, all in the address', async () => {
    const page = await open()
    await page.getByRole('group', { name: 'Kinds' }).getByText('Health').click()
    await expect.poll(() => lines(page).count(), slow).toBe(2)
    await page.getByRole('group', { name: 'Outcomes' }).getByText('Failed').click()
    await expect.poll(() => lines(page).count(), slow).toBe(1)
    await page.getByRole('textbox', { name: 'Search activity' }).fill('loop demo')
    await expect.poll(() => addressOf(page), slow).toBe('#/activity?text=loop+demo&kind=health&outcome=failed')

    await page.reload()
    await expect.poll(() => lines(page).count(), slow).toBe(1)
    await page.getByRole('textbox', { name: 'Search activity' }).fill('nothing like it')
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await expect.poll(() => addressOf(page), slow).toBe('#/activity')
    await expect.poll(() => lines(page).count(), slow).toBeGreaterThan(8)
  })

  it('of a plane has neither the others nor their filters', async () => {
    const page = await open(`${demo}/activity`)
    await page.getByText('Agent is degraded').waitFor()
    expect(await page.getByText('Install the plane').count()).toBe(0)
    expect(await page.getByRole('combobox', { name: 'Planes' }).count()).toBe(0)
  })

  it('shows an operation that the address names, whatever the filters', async () => {
    const page = await open('/activity/33333333-3333-4333-8333-333333333333?kind=health')
    await page.getByRole('article', { name: 'Install demo' }).getByRole('list', { name: 'Steps' }).waitFor()
    await page.getByText('Agent is degraded').waitFor()
  })

  it('of 100 planes draws 200 entries, and earlier ones on demand', async () => {
    const page = await open('/activity', 'fleet')
    await expect.poll(() => lines(page).count(), slow).toBe(200)
    // The second page is loaded from the core.
    for (const count of [400, 600]) {
      await page.getByRole('button', { name: 'Show earlier entries' }).click()
      await expect.poll(() => lines(page).count(), slow).toBe(count)
    }
  })

  it.each([
    ['empty', 'Nothing has happened yet'],
    ['activity-gaps', 'Records of 1 day were changed outside of Hangar and are left out in part'],
    ['activity-refused', 'The records of activity cannot be read (EACCES).'],
  ])('in the scene "%s" says "%s"', async (scene, text) => {
    await (await open('/activity', scene)).getByText(text).waitFor()
  })
})

describe("Home's filters", () => {
  it('are in the address: reload, Back and Forward keep them', async () => {
    const page = await openWindow({ scene: 'fleet' })
    await page
      .getByRole('group', { name: 'Planes by state' })
      .getByRole('button', { name: /Failing/ })
      .click()
    await page.getByRole('textbox', { name: 'Search planes' }).fill('claims')
    await page.getByRole('radiogroup', { name: 'Layout' }).getByText('Tiles').click()
    const filtered = '#/?state=failing&text=claims&view=tiles'
    await expect.poll(() => addressOf(page), slow).toBe(filtered)
    await page.reload()
    const planes = page.getByRole('region', { name: 'List of planes' }).getByRole('article')
    await expect.poll(() => planes.count(), slow).toBeGreaterThan(0)
    const names = () => planes.evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')))
    expect((await names()).every((name) => name?.startsWith('claims'))).toBe(true)

    await planes.first().getByRole('button').first().click()
    await page.getByRole('tab', { name: 'Overview', selected: true }).waitFor()
    await page.goBack()
    await expect.poll(() => addressOf(page), slow).toBe(filtered)
    await page.goForward()
    await page.getByRole('tab', { name: 'Overview', selected: true }).waitFor()
  })

  it('of an address replace what was chosen before, and are parts of a link', async () => {
    const page = await openWindow({ scene: 'fleet', address: '/?group=region&text=ledger' })
    await page.getByRole('heading', { name: /^eastus/ }).waitFor()
    expect(await page.getByRole('textbox', { name: 'Search planes' }).inputValue()).toBe('ledger')
  })
  it('that were changed before all data had arrived stay as they were changed', async () => {
    const page = await openWindow({ scene: 'held', address: '/?text=payments&part=unknown' })
    const search = page.getByRole('textbox', { name: 'Search planes' })
    await search.waitFor()
    expect(await search.inputValue()).toBe('payments')
    await search.fill('demo')
    await page.evaluate(() => globalThis.fakeBackend.release())
    await page.getByText('A part of this address does not exist here').waitFor()
    expect([await search.inputValue(), addressOf(page)]).toEqual(['demo', '#/?text=demo'])
  })
})
