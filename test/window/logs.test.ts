import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { windowOfTests } from './openWindow.ts'
import { planeTab } from './viewState.ts'

const openWindow = windowOfTests()

async function openLogs(): Promise<Page> {
  const page = await openWindow()
  await planeTab('demo', 'Logs')(page)
  await results(page).getByRole('option').first().waitFor()
  return page
}

const searchBox = (page: Page) => page.getByRole('textbox', { name: 'Search logs' })
const results = (page: Page) => page.getByRole('listbox', { name: 'Log lines' })
const related = (page: Page) => page.getByRole('listbox', { name: 'Related log lines' })
const row = (page: Page) => results(page).getByRole('option')
const selected = (page: Page) => page.getByRole('option', { selected: true })

describe('the log view', () => {
  it('shows the lines around a hit of its pod, and returns to the results at the same place', async () => {
    const page = await openLogs()
    await searchBox(page).fill('refused')
    await row(page).first().filter({ hasText: 'refused' }).waitFor()
    await results(page).locator('mark', { hasText: 'refused' }).first().waitFor()
    const hit = row(page).nth(12)
    await hit.scrollIntoViewIfNeeded()
    await hit.click()
    const scrolled = await results(page).evaluate((list) => list.scrollTop)
    const text = await selected(page).textContent()
    await results(page).press('c')

    await related(page).waitFor()
    await page.waitForURL(/around=/)
    expect(await selected(page).textContent()).toBe(text)
    expect(await page.getByText('Lines of invoices-7d9f8c6b5-ax2kq/main').count()).toBe(1)
    await related(page).press('n')
    expect(await selected(page).textContent()).not.toBe(text)
    await related(page).press('Escape')

    await results(page).waitFor()
    expect(await selected(page).textContent()).toBe(text)
    expect(await results(page).evaluate((list) => list.scrollTop)).toBe(scrolled)
    await page.goBack()
    await page.goForward()
    expect(page.url()).not.toContain('around=')
  })

  it('names the permission that a source lacks, and what each source does', async () => {
    const page = await openLogs()
    await page.getByRole('button', { name: /permission missing for 1 source/ }).click()
    const sources = page.getByRole('list', { name: 'Collection by source' }).getByRole('listitem')
    expect(await sources.first().textContent()).toContain('Missing permission: get pods/log.')
    expect(await sources.filter({ hasText: 'orders' }).textContent()).toContain('Follows 3 of 3 containers')
    expect(await sources.filter({ hasText: 'agent' }).textContent()).toContain('2 gaps')
    await page.keyboard.press('Escape')
    await sources.first().waitFor({ state: 'detached' })
  })

  it('leaves most of a small window to the lines beside the details of one, and keeps their height', async () => {
    const page = await openLogs()
    await page.setViewportSize({ width: 1024, height: 700 })
    await row(page).nth(2).click()
    const details = page.getByRole('region', { name: 'Log line' })
    const heightOf = async () => (await details.boundingBox())?.height ?? 0
    const before = await heightOf()
    expect(before).toBeLessThan(200)
    for (const key of ['ArrowUp', 'ArrowUp']) await details.getByRole('separator').press(key)
    expect(await heightOf()).toBeGreaterThan(before + 30)
    const changed = await heightOf()
    await page.reload()
    await row(page).nth(2).click()
    expect(await heightOf()).toBe(changed)
  })

  it('covers no row with the button that loads earlier lines', async () => {
    const page = await openLogs()
    await searchBox(page).fill('refused')
    await row(page).first().filter({ hasText: 'refused' }).waitFor()
    await row(page).nth(9).click()
    await results(page).press('c')
    const button = await page.getByRole('button', { name: 'Load earlier lines' }).boundingBox()
    const list = await related(page).boundingBox()
    expect((button?.y ?? 0) + (button?.height ?? 0)).toBeLessThanOrEqual(list?.y ?? 0)
  })

  it('shows the lines of a trace from all sources, oldest first, and keeps them in the address', async () => {
    const page = await openLogs()
    await row(page).nth(3).click()
    await results(page).press('t')
    await related(page).waitFor()
    await page.waitForURL(/trace=4bf92f3577b34da6a3ce929d0e0e4736/)
    await page.reload()
    await related(page).waitFor()
    await page.getByText('with 4bf92f3577b34da6a3ce929d0e0e4736 from all sources').waitFor()
  })

  it('adds a value to the query or excludes it, by a click', async () => {
    const page = await openLogs()
    await page
      .getByRole('option', { name: /refused/ })
      .first()
      .click()
    await page.getByRole('button', { name: 'Exclude lines with Module TargetHandler' }).click()
    expect(await searchBox(page).inputValue()).toBe('-module:TargetHandler')
    await page.getByText('The selected line is not among the lines shown').waitFor()
    await row(page).first().click()
    await page.getByRole('button', { name: /^Only lines with orderId/ }).click()
    expect(await searchBox(page).inputValue()).toMatch(/^-module:TargetHandler orderId:\d+$/)
  })

  it('goes to the next error by a key, and unfolds the lines of a row', async () => {
    const page = await openLogs()
    await results(page).focus()
    await page.keyboard.press('e')
    expect(await selected(page).textContent()).toContain('ERROR')
    await page.keyboard.press('ArrowRight')
    await page.getByText('TargetHandler.java:128').first().waitFor()
    await page.keyboard.press('ArrowLeft')
  })

  it('zooms the histogram by keyboard and by a drag, and out again', async () => {
    const page = await openLogs()
    const steps = page.getByRole('slider', { name: /^Time range/ })
    await steps.press('End')
    await page.keyboard.press('Shift+PageUp')
    await page.keyboard.press('Enter')
    await page.waitForURL(/from=.*&to=/)
    await expect.poll(() => page.getByRole('combobox', { name: 'Time range' }).inputValue()).toBe('Custom range')
    const { x, y, width } = (await steps.boundingBox()) ?? { x: 0, y: 0, width: 0 }
    const before = page.url()
    await page.mouse.move(x + width / 4, y + 20)
    await page.mouse.down()
    await page.mouse.move(x + width / 2, y + 20)
    await page.mouse.up()
    await page.waitForURL((url) => url.href !== before)
    for (let times = 0; times < 6; times += 1) await page.getByRole('button', { name: 'Zoom out' }).press('Enter')
    await page.waitForURL((url) => !url.href.includes('from='))
  })

  it('begins the list at a time, and at the oldest line', async () => {
    const page = await openLogs()
    const time = page.getByRole('textbox', { name: 'Go to time' })
    await time.fill('25:00')
    await time.press('Enter')
    expect(await time.getAttribute('aria-invalid')).toBe('true')
    await time.fill(new Date(Date.now() - 3_600_000).toISOString())
    await time.press('Enter')
    await page.waitForURL(/at=/)
    await page.getByRole('button', { name: /^Leave/ }).click()
    await page.getByRole('button', { name: 'Order: Newest first' }).click()
    await page.waitForURL(/order=oldest/)
    const first = row(page).first().locator('time')
    await expect
      .poll(async () => Date.now() - Date.parse((await first.getAttribute('datetime')) ?? ''))
      .toBeGreaterThan(9_000_000)
  })

  it('exports the lines of the query as a file', async () => {
    const page = await openLogs()
    await searchBox(page).fill('refused')
    await row(page).first().filter({ hasText: 'refused' }).waitFor()
    await page.getByRole('button', { name: 'Export', exact: true }).click()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export lines' }).click()
    expect((await download).suggestedFilename()).toMatch(/^logs-.*\.log$/)
    const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\n')
    expect(lines.length).toBeGreaterThan(300)
    await page.getByText(/lines exported; parts of 2 lines hidden/).waitFor()
  })

  it('groups the lines by pattern, compares with the time before, and excludes a pattern by a click', async () => {
    const page = await openLogs()
    await page.getByRole('radio', { name: 'Patterns' }).press('Space')
    await page.waitForURL(/show=patterns/)
    const rows = page.getByRole('region', { name: 'Patterns of the lines' }).getByRole('row')
    await rows.filter({ hasText: 'New' }).filter({ hasText: 'Connection refused' }).waitFor()
    await page.getByText('6 patterns of the newest 2,399 lines').waitFor()
    const compare = page.getByRole('switch', { name: 'Compare with the time before' })
    expect(await compare.isDisabled()).toBe(true)
    await page.getByRole('combobox', { name: 'Time range' }).click()
    await page.getByRole('option', { name: 'Last hour' }).click()
    await compare.press('Space')
    await page.getByText('compared with 1,840 lines before').waitFor()

    await rows.getByRole('button', { name: /^Exclude these lines: all have "order accepted"/ }).click()
    expect(await searchBox(page).inputValue()).toBe('-"order accepted"')
    await rows.filter({ hasText: 'order accepted' }).waitFor({ state: 'detached' })
    await rows.getByRole('button', { name: /^Show only .*"payment requested.* lines are of this pattern/ }).click()
    await row(page).first().filter({ hasText: 'payment requested' }).waitFor()
    await page.goBack()
    await rows.first().waitFor()
  })

  it('saves a search, which the command palette finds, and deletes it', async () => {
    const page = await openLogs()
    await searchBox(page).fill('refused')
    const open = page.getByRole('button', { name: 'Saved', exact: true })
    await open.click()
    await page.getByRole('textbox', { name: 'Name of this search' }).fill('Refusals')
    await page.getByRole('button', { name: 'Save search' }).click()
    await page.getByRole('button', { name: /^Refusals/ }).waitFor()
    await page.getByRole('button', { name: /^Refused by SAP/ }).click()
    expect(await searchBox(page).inputValue()).toBe('level:error "Connection refused to sap.internal"')
    await expect.poll(() => page.getByRole('combobox', { name: 'Time range' }).inputValue()).toBe('Last 24 h')

    await page.keyboard.press('Control+k')
    await page.getByRole('textbox', { name: 'Search views and actions' }).fill('refusals')
    await page.keyboard.press('Enter')
    await expect.poll(() => searchBox(page).inputValue()).toBe('refused')
    await open.click()
    await page.getByRole('button', { name: 'Delete search Refusals' }).click()
    await page.getByRole('button', { name: /^Refusals/ }).waitFor({ state: 'detached' })
  })

  it('shows what a shorter retention deletes before it is applied', async () => {
    const page = await openLogs()
    await page.getByRole('button', { name: 'Retention …' }).click()
    const apply = page.getByRole('button', { name: 'Apply' })
    expect(await apply.isDisabled()).toBe(true)
    await page.getByRole('combobox', { name: 'Keep lines for' }).click()
    await page.getByRole('option', { name: '7 days' }).click()
    await page.getByText('Deletes 55,266 lines of 3 days now').waitFor()
    await page.getByRole('button', { name: 'Delete and apply' }).click()
    await page.getByText(/^Deleted last .*: 55,266 lines of 3 days$/).waitFor()
    await apply.waitFor()
    expect(await apply.isDisabled()).toBe(true)
  })

  it('shows who has read the logs, and which entries are not verified', async () => {
    const page = await openLogs()
    await page.getByRole('button', { name: 'Audit record' }).click()
    const record = page.getByRole('dialog', { name: 'Audit record' })
    const row = record.getByRole('listitem').filter({ hasText: '"order 7" timeout' })
    expect(await row.textContent()).toMatch(/Search\s*Not verified.*kim.*In logging\/loki:3100/s)
    expect(await record.getByText('1 entry not verified').isVisible()).toBe(true)
    expect(await record.getByText('What was asked for cannot be read').isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    await record.waitFor({ state: 'detached' })
  })

  it('opens with the lines of a pod from the workloads', async () => {
    const page = await openWindow()
    await planeTab('demo', 'Workloads')(page)
    await page.getByRole('treeitem', { name: /Pod agent/ }).click()
    await page.getByRole('button', { name: 'Show logs' }).click()
    await page.waitForURL(/logs\?text=pod/)
    await expect.poll(() => searchBox(page).inputValue()).toMatch(/^pod:agent/)
  })
})
