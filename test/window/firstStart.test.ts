import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { recordedPlaneId } from '../../preload/recorded-plane.ts'
import { windowOfTests } from './openWindow.ts'

const openWindow = windowOfTests()
/** The window of someone who has no plane. */
const open = (address?: string): Promise<Page> => openWindow({ scene: 'empty', address })

const addressOf = (page: Page): Promise<string> => page.evaluate(() => location.hash.slice(1))
const violations = async (page: Page) =>
  (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)

describe('the recorded plane', () => {
  it('is marked on each of its views, offers nothing that changes something, and is in no list', async () => {
    const page = await openWindow({ scene: 'locked', address: `/planes/${recordedPlaneId}/overview` })
    await page.getByRole('group', { name: 'Map of demo' }).waitFor()
    for (const [tab, shown] of [
      ['Overview', page.getByRole('group', { name: 'Map of demo' })],
      ['Connectivity', page.getByRole('table', { name: 'Connectivity' })],
      ['Workloads', page.getByRole('tree')],
      ['Logs', page.getByRole('listbox')],
    ] as const) {
      await page.getByRole('tab', { name: tab }).click()
      await shown.waitFor()
      await page.getByText('Recorded demo plane').waitFor()
      const actions = page
        .getByRole('main')
        .getByRole('button', { name: /^(Check|Recheck|Collect|Delete|Watch|Install)/ })
      expect(await actions.allTextContents(), tab).toEqual([])
    }
    expect(await page.getByRole('tab').allTextContents()).toEqual(['Overview', 'Connectivity', 'Workloads', 'Logs'])
    await page.reload()
    await page.getByText('Recorded demo plane').waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(await page.title()).toBe('Logs – demo – Hangar')
    await page.getByRole('button', { name: 'Leave recording' }).press('Enter')
    await page.getByRole('heading', { name: 'Planes', level: 1 }).waitFor()
    await page.getByText('2 planes').first().waitFor()
  }, 30_000)
})

describe('a connection to a running plane', () => {
  it('shows what the cluster has before it connects, and then the plane without an install', async () => {
    const page = await openWindow({ address: '/connect?profile=demo' })
    expect(await page.title()).toBe('Connect to a running plane – Hangar')
    await page.getByRole('option', { name: /^aks-payments-eu/ }).click()
    await page.waitForFunction(() => location.hash === '#/connect?context=aks&profile=demo')
    await page.getByRole('button', { name: 'Look for the plane' }).click()
    await page.getByRole('heading', { name: 'No plane of this profile here' }).waitFor()
    expect(await page.getByRole('button', { name: 'Connect plane' }).count()).toBe(0)

    await page.getByRole('option', { name: /^bed-1/ }).click()
    await page.getByRole('button', { name: 'Look for the plane' }).click()
    const gateway = page.getByRole('row', { name: /^API gateway/ })
    expect(await gateway.textContent()).toContain('Deployment/plane-system/gateway-filter')
    await page.getByText('Settings: 3 were read from the releases').waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByRole('textbox', { name: 'Name on this computer' }).fill('theirs')
    await page.getByRole('button', { name: 'Connect plane' }).press('Enter')
    await page.getByRole('heading', { name: 'theirs', level: 1 }).waitFor()
    await page.getByRole('tab', { name: 'Workloads' }).waitFor()
    expect(await page.getByRole('button', { name: 'Installation', exact: true }).count()).toBe(0)
    expect(await page.getByRole('dialog').count()).toBe(0)
  }, 30_000)
})

describe('a check of endpoints without a plane', () => {
  it('checks a pasted list from Home by keyboard, asks no vault, and Back leads through its places', async () => {
    const page = await open()
    await page.getByRole('button', { name: 'Check endpoints only' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Check endpoints', level: 1 }).waitFor()
    expect(await page.title()).toBe('Check endpoints – Hangar')
    // Until the window has loaded, its address decides.
    await expect
      .poll(async () => {
        await page.getByRole('radio', { name: 'A list' }).press('Space')
        return addressOf(page)
      })
      .toBe('/check/list')
    const list = page.getByRole('textbox', { name: 'List of endpoints' })
    await list.fill('endpoints:\n  - id: a\n    protocol: pigeon')
    await page.getByRole('main').getByRole('button', { name: 'Check endpoints' }).press('Enter')
    await page.getByText('Line 3').waitFor()
    expect(await violations(page)).toEqual([])

    await list.fill('')
    await page.getByRole('button', { name: 'Insert example' }).press('Enter')
    await page.getByRole('main').getByRole('button', { name: 'Check endpoints' }).press('Enter')
    await page.getByRole('heading', { name: 'Endpoints of Pasted list' }).waitFor()
    await page.getByRole('button', { name: 'Export report' }).waitFor()
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
    expect(await addressOf(page)).toBe('/check/results?source=list')
    expect(await violations(page)).toEqual([])
    expect(await page.getByRole('dialog').count()).toBe(0)

    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export report' }).click()
    await page.getByRole('menuitem', { name: /^Markdown/ }).click()
    expect((await download).suggestedFilename()).toMatch(/\.md$/)

    await page.goBack()
    await list.waitFor()
    await page.goForward()
    await page.getByRole('table', { name: 'Connectivity' }).waitFor()
    await page.goBack()
    await page.goBack()
    await page.getByRole('heading', { name: 'No planes yet' }).waitFor()
  }, 30_000)

  it('opens a profile by its address, and says that the results of another window are not here', async () => {
    const page = await open('/check/results?profile=demo')
    await page.getByRole('heading', { name: 'Settings that the endpoints refer to' }).waitFor()
    await page.getByText('A part of this address does not exist here').waitFor()
    expect(await addressOf(page)).toBe('/check?profile=demo')
  })
})
