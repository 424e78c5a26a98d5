import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { windowOfTests } from './openWindow.ts'

const openWindow = windowOfTests()
/** The window of someone who has no plane. */
const open = (address?: string): Promise<Page> => openWindow({ scene: 'empty', address })

const addressOf = (page: Page): Promise<string> => page.evaluate(() => location.hash.slice(1))
const violations = async (page: Page) =>
  (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)

describe('a check of endpoints without a plane', () => {
  it('checks a pasted list from Home by keyboard, asks no vault, and Back leads through its places', async () => {
    const page = await open()
    await page.getByRole('button', { name: 'Check endpoints only' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Check endpoints', level: 1 }).waitFor()
    expect(await page.title()).toBe('Check endpoints – Hangar')
    await page.getByRole('radio', { name: 'A list' }).press('Space')
    await page.waitForFunction(() => location.hash === '#/check/list')
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
