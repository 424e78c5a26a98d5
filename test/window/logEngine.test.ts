import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { demoId } from './fake-backend/planes.ts'
import { windowOfTests } from './openWindow.ts'
import { planeTab } from './viewState.ts'

const openWindow = windowOfTests()
const logs = `/planes/${demoId}/logs`

/** The fake engine behaves as the name of its service says. */
const addressIn = (service: string, more = ''): string => `${logs}?engine=loki%3Alogging%2F${service}%3A3100${more}`

const chooser = (page: Page) => page.getByRole('button', { name: /^Search in:/ })
const lines = (page: Page) => page.getByRole('listbox', { name: 'Log lines' }).getByRole('option')
const drawer = (page: Page) => page.getByRole('dialog', { name: 'Take lines offline' })

async function startFetch(page: Page, label: string | RegExp = 'Take offline …'): Promise<void> {
  await page.getByRole('button', { name: label }).click()
  await drawer(page).getByRole('button', { name: 'Take offline', exact: true }).click()
}

describe('the search of a log engine', () => {
  it('is chosen from what was found in the cluster, and is in the address for Back and a reload', async () => {
    const page = await openWindow()
    await planeTab('demo', 'Logs')(page)
    await chooser(page).click()
    await page.getByRole('button', { name: /^Loki \(logging\/loki-read:3100\).*app.kubernetes.io\/name=loki/ }).click()

    await page.waitForURL(/engine=loki%3Alogging%2Floki-read%3A3100/)
    await lines(page).first().waitFor()
    await page.getByText(/lines; scroll down for more, searched back to/).waitFor()
    await page.getByText(/No histogram: Loki counts lines/).waitFor()
    await page.getByText('the last 30 days are searched').waitFor()
    expect(await page.getByRole('slider', { name: /^Time range/ }).count()).toBe(0)
    expect(await page.getByRole('switch', { name: 'Follow (only on this computer)' }).isDisabled()).toBe(true)
    expect(await page.getByRole('radio', { name: 'Patterns (only on this computer)' }).isDisabled()).toBe(true)
    await page.goBack()
    await page.getByRole('slider', { name: /^Time range/ }).waitFor()
    await page.goForward()
    await page.reload()
    await page.getByRole('button', { name: 'Search in: Loki (logging/loki-read:3100)' }).waitFor()
    await lines(page).first().waitFor()
  })

  it('loads the next page at the end of the list, each line once', async () => {
    const page = await openWindow({ address: addressIn('loki') })
    await lines(page).first().waitFor()
    await page.getByText('200 lines; scroll down for more').waitFor()
    const list = page.getByRole('listbox', { name: 'Log lines' })
    await list.evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
    await page.getByText('400 lines; scroll down for more').waitFor()
  })

  it('that pauses says up to which time it searched, and continues there', async () => {
    const page = await openWindow({ address: addressIn('slow') })
    await page.getByText(/^Paused: 3 lines found, 12,000 lines read, searched back to/).waitFor()
    await page.getByRole('button', { name: 'Continue search' }).click()
    await page.getByText(/^Paused: 6 lines found, 24,000 lines read/).waitFor()
    expect(await lines(page).count()).toBe(6)
  })

  it('is paused by the user, and continues', async () => {
    const page = await openWindow({ address: addressIn('waiting') })
    await page.getByRole('button', { name: 'Pause search' }).click()
    await page.getByText(/^Paused: nothing found, 5,000 lines read/).waitFor()
    await page.getByRole('button', { name: 'Continue search' }).click()
    await page.getByRole('button', { name: 'Pause search' }).waitFor()
  })

  it('shows the lines around a hit and of its trace from the engine', async () => {
    const page = await openWindow({ address: addressIn('loki') })
    await lines(page).nth(3).click()
    await page.getByRole('button', { name: 'Lines around it' }).click()
    await page.getByRole('listbox', { name: 'Related log lines' }).waitFor()
    await page.getByRole('button', { name: 'Back to results' }).click()
    await page.getByRole('button', { name: 'Same trace' }).click()
    await page.getByText(/lines with 4bf92f3577b34da6a3ce929d0e0e4736/).waitFor()
  })

  it('finds nothing, and says so', async () => {
    const page = await openWindow({ address: addressIn('silent') })
    await page.getByText('Nothing matches in Loki. Extend the time range or remove filters.').waitFor()
  })

  it.each([
    ['forbidden', 'The permission "get services/proxy" is missing in the namespace logging.', 'named permission'],
    ['missing', 'The log engine logging/missing:3100 does not answer.', 'Check the name and the port'],
  ])('of a service that is %s ends with what to do, and can be repeated', async (service, message, hint) => {
    const page = await openWindow({ address: addressIn(service) })
    const problem = page.getByRole('alert')
    await problem.getByText(message).waitFor()
    expect(await problem.textContent()).toContain(hint)
    await page.getByRole('button', { name: 'Search again' }).click()
    await problem.getByText(message).waitFor()
  })

  it('of a service that was typed needs a right name, and sends its tenant', async () => {
    const page = await openWindow({ scene: 'no-engine', address: logs })
    await chooser(page).click()
    await page.getByText('No service of the cluster looks like a log engine.').waitFor()
    const service = page.getByRole('textbox', { name: 'Service of Loki' })
    const tenant = page.getByRole('textbox', { name: 'Tenant (optional)' })
    await service.fill('loki')
    await tenant.fill('a b')
    await page.getByRole('button', { name: 'Search there' }).click()
    await page.getByText('Write NAMESPACE/SERVICE:PORT').waitFor()
    await page.getByText('A tenant has letters').waitFor()
    await service.fill('logging/loki:3100')
    await tenant.fill('plane')
    await page.getByRole('button', { name: 'Search there' }).click()
    await page.waitForURL(/tenant=plane/)
    await page.getByRole('button', { name: 'Search in: Loki (logging/loki:3100, tenant plane)' }).waitFor()
  })

  it('of an OpenSearch that was typed is kept in the address with its indices, also over a reload', async () => {
    const page = await openWindow({ scene: 'no-engine', address: logs })
    await chooser(page).click()
    await page.getByText('OpenSearch', { exact: true }).click()
    await page.getByRole('textbox', { name: 'Service of OpenSearch' }).fill('logging/opensearch:9200')
    await page.getByRole('textbox', { name: /^Indices/ }).fill('logs-*')
    await page.getByRole('button', { name: 'Search there' }).click()
    await page.waitForURL(/engine=opensearch.*index=logs-/)
    await page.reload()
    await page.getByRole('button', { name: 'Search in: OpenSearch (logging/opensearch:9200)' }).waitFor()
  })

  it('names the namespaces in which services cannot be listed', async () => {
    const page = await openWindow({ scene: 'engine-refused', address: logs })
    await chooser(page).click()
    await page.getByText(/No log engine found in orders-prod. The permission “list services” is missing/).waitFor()
  })

  it('is there without stored lines, and is not offered for a recording', async () => {
    const page = await openWindow({ scene: 'purged', address: addressIn('loki') })
    await lines(page).first().waitFor()
    const recorded = await openWindow({ address: '/planes/5ca1ab1e-0000-4000-8000-00000000d3a0/logs' })
    await recorded.getByText('A recording has no cluster, so no log engine can be searched.').waitFor()
    expect(await chooser(recorded).count()).toBe(0)
  })
})

describe('lines that are taken offline', () => {
  it('are stored with progress, what is missing is named, and the end leads to them', async () => {
    const page = await openWindow({ address: addressIn('loki', '&source=orders&last=lastHour') })
    await startFetch(page)
    await drawer(page).getByRole('progressbar', { name: 'Days of containers that are stored' }).waitFor()
    await drawer(page).getByText('All lines are on this computer').waitFor()
    const text = await drawer(page).textContent()
    expect(text).toContain('12 of 12 days of containers')
    expect(text).toContain('22,080 lines stored, 144 were stored before')
    expect(text).toContain('Loki has no line of: agent')
    expect(text).toContain('Not taken, as no log source has pods of these workloads now: orders/importer-0/main')
    expect(text).toContain('The oldest stored line of this time is of')
    await drawer(page).getByRole('button', { name: 'Show these lines' }).click()
    await page.waitForURL((url) => /source=orders&from=/.test(url.href) && !url.href.includes('engine='))
    await page.getByRole('button', { name: 'Search in: This computer' }).waitFor()
  })

  it('can be cancelled, and continued where they ended', async () => {
    const page = await openWindow({ address: addressIn('waiting') })
    await startFetch(page)
    await drawer(page).getByText('5 of 12 days of containers').waitFor()
    await drawer(page).getByRole('button', { name: 'Cancel' }).click()
    await drawer(page).getByText('What was stored stays. Continue to fetch the rest.').waitFor()
    await drawer(page).getByRole('button', { name: 'Continue' }).click()
    await drawer(page).getByRole('button', { name: 'Cancel' }).waitFor()
  })

  it('are offered to be continued after a reload', async () => {
    const page = await openWindow({ address: addressIn('waiting') })
    await startFetch(page)
    await drawer(page).getByText('5 of 12 days of containers').waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'Taken offline in part' }).click()
    await drawer(page)
      .getByText(/and ended before all lines were stored/)
      .waitFor()
    await drawer(page).getByRole('button', { name: 'Continue' }).click()
    await drawer(page).getByText('5 of 12 days of containers').waitFor()
    await drawer(page).getByRole('button', { name: 'Cancel' }).click()
    await drawer(page).getByRole('button', { name: 'Forget' }).click()
    await page.reload()
    await page.getByRole('button', { name: 'Take offline …' }).waitFor()
  })

  it('continue while another view is shown', async () => {
    const page = await openWindow({ address: addressIn('waiting') })
    await startFetch(page)
    await drawer(page).getByText('5 of 12 days of containers').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('tab', { name: 'Workloads' }).click()
    await page.getByRole('tab', { name: 'Logs' }).click()
    await page.getByRole('button', { name: 'Taking offline: 41 %' }).waitFor()
  })

  it('name each day that the engine refused, and ask for it again', async () => {
    const page = await openWindow({ address: addressIn('partial') })
    await startFetch(page)
    await drawer(page).getByText('Some days are missing').waitFor()
    await drawer(page).getByText('Loki refused 1 day of a container.').waitFor()
    const missing = drawer(page).getByRole('list', { name: 'Missing days' }).getByRole('listitem')
    expect(await missing.textContent()).toContain('orders/orders-7d9f8c6b5-ax2kq/main')
    expect(await missing.textContent()).toContain('would have to read too much')
    await drawer(page).getByRole('button', { name: 'Fetch what is missing' }).click()
    await drawer(page).getByRole('progressbar').waitFor()
  })

  it('that fail say why and how far they came, and can be continued', async () => {
    const page = await openWindow({ address: addressIn('breaking') })
    await startFetch(page)
    await drawer(page).getByRole('alert').getByText('The log engine logging/breaking:3100 does not answer.').waitFor()
    await drawer(page).getByText('5 of 12 days of containers').waitFor()
    await drawer(page).getByRole('button', { name: 'Continue' }).waitFor()
  })

  it('are none where the engine has no line, with what to do', async () => {
    const page = await openWindow({ address: addressIn('silent') })
    await startFetch(page)
    await drawer(page).getByText('Loki has no line of these sources in this time').waitFor()
    await drawer(page).getByRole('button', { name: 'Take another time offline' }).click()
    await drawer(page).getByRole('combobox', { name: 'Time' }).click()
    await page.getByRole('option', { name: 'From and to, below' }).click()
    await drawer(page).getByRole('textbox', { name: 'From' }).fill('yesterday')
    await drawer(page).getByRole('textbox', { name: 'To' }).fill('2026-03-01 14:05')
    await drawer(page).getByRole('button', { name: 'Take offline', exact: true }).click()
    expect(await drawer(page).getByRole('textbox', { name: 'From' }).getAttribute('aria-invalid')).toBe('true')
  })
})
