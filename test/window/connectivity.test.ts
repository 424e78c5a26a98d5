import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { type Viewport, windowOfTests } from './openWindow.ts'
import { planeTab } from './viewState.ts'

const openWindow = windowOfTests()

async function open(scene?: string, viewport?: Viewport): Promise<Page> {
  const page = await openWindow({ scene, viewport })
  await planeTab('demo', 'Connectivity')(page)
  await page.getByRole('table', { name: 'Connectivity' }).waitFor()
  return page
}

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true }).click()
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent)
const shown = (page: Page) =>
  page.locator('tr[data-endpoint]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-endpoint')))

describe('the matrix', () => {
  it('moves with the arrow keys, opens a cell with Enter, and checks a row again with r', async () => {
    const page = await open()
    await page.getByRole('button', { name: 'Global adaptor', exact: true }).focus()

    await page.keyboard.press('ArrowRight')
    expect(await focused(page)).toContain('TLS interception')
    await page.keyboard.press('ArrowDown')
    expect(await focused(page)).toContain('Pass')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    const tab = page.getByRole('tablist', { name: 'Global adaptor, by vantage' }).getByRole('tab', { selected: true })
    expect(await tab.textContent()).toContain('hangar-plane')

    await page.keyboard.press('r')
    await page.getByText('(results: 1 newer)').waitFor()
  })

  it('scrolls fifty nodes inside the table, with the row names in view', async () => {
    const page = await open('many-nodes', { width: 640, height: 400 })
    const table = page.getByRole('region', { name: 'Rows by vantage' })
    await table.evaluate((region) => region.scrollTo({ left: 3_000 }))

    const name = page.getByRole('button', { name: 'Event hub', exact: true })
    const [at, frame] = await Promise.all([name.boundingBox(), table.boundingBox()])
    expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false)
    expect(await table.evaluate((region) => region.scrollLeft)).toBe(3_000)
    expect((at?.x ?? 0) - (frame?.x ?? 0)).toBeLessThan(10)
  })

  it('filters rows by verdict, text and finding', async () => {
    const page = await open()
    await page
      .getByRole('radiogroup', { name: 'Show by verdict' })
      .getByText(/^Failed/)
      .click()
    expect(await shown(page)).toEqual(['control-plane', 'global-adaptor', 'event-hub'])

    await page.getByRole('textbox', { name: 'Filter rows' }).fill('5671')
    expect(await shown(page)).toEqual(['event-hub'])

    await press(page, 'Show 2 rows')
    expect(await shown(page)).toEqual(['control-plane', 'global-adaptor'])
    await press(page, 'Clear finding filter')
    expect(await shown(page)).toHaveLength(10)
  })
})

describe('the order of the rows', () => {
  const titles = (page: Page) => page.locator('table[aria-label=Connectivity] th[scope=rowgroup]').allTextContents()
  const failed = ['control-plane', 'global-adaptor', 'event-hub']

  it('has failed rows first, then warnings, each with its component, and can be the one of the table', async () => {
    const page = await open()
    expect((await titles(page)).slice(0, 2)).toEqual(['Failed', 'Warnings'])
    expect((await shown(page)).slice(0, 4)).toEqual([...failed, 'acme'])
    expect(await page.locator('[data-endpoint=event-hub] th').textContent()).toContain('Gateway')

    await page.getByRole('switch', { name: 'Failing first' }).press('Space')
    expect(await titles(page)).not.toContain('Failed')
    expect(page.url()).toContain('order=listed')
    await page.reload()
    await page.locator('tr[data-endpoint]').first().waitFor()
    expect(await titles(page)).not.toContain('Failed')
  })

  it('does not change while a check runs; then the focus goes with the row', async () => {
    const page = await open('recovers')
    await page.getByRole('button', { name: 'Control plane', exact: true }).focus()
    const before = await shown(page)
    await page.evaluate(() => {
      // Evidence of every order that was on the screen while the button stopped checks.
      const orders = new Set<string>()
      Object.assign(window, { orders })
      const look = () => {
        const rows = [...document.querySelectorAll('tr[data-endpoint]')].map((row) => row.getAttribute('data-endpoint'))
        const runs = [...document.querySelectorAll('button')].some((one) => one.textContent === 'Stop checking')
        if (runs) orders.add(rows.join(' '))
        requestAnimationFrame(look)
      }
      look()
    })
    await page.keyboard.press('r')
    await page.getByRole('button', { name: 'Stop checking' }).waitFor()
    await page.getByRole('button', { name: 'Check all' }).waitFor()
    await page.locator('tbody', { hasText: 'Agent' }).locator('[data-endpoint=control-plane]').waitFor()

    expect(await page.evaluate(() => [...(window as unknown as { orders: Set<string> }).orders])).toEqual([
      before.join(' '),
    ])
    expect(await focused(page)).toContain('Control plane')
    expect((await shown(page)).slice(0, 2)).toEqual(['global-adaptor', 'acme'])
  })
})

describe('the last runs of a row', () => {
  it('are a picture with a description', async () => {
    const page = await open()
    const picture = (endpoint: string) => page.locator(`[data-endpoint=${endpoint}]`).getByRole('img').last()
    const label = (await picture('event-hub').getAttribute('aria-label')) ?? ''
    expect(label).toMatch(/^Last 20 runs: \d+ failed, \d+ passed\. The last \d+: Fail\.$/)
    expect(await picture('event-hub').locator('rect').count()).toBe(20)
    expect(await picture('key-vault').getAttribute('aria-label')).toContain('Pass')
  })

  it('get the run that just ended', async () => {
    const page = await open('recovers')
    const last = page.locator('[data-endpoint=control-plane] svg[role=img] rect').last()
    expect(await last.getAttribute('data-tone')).toBe('bad')
    await press(page, 'Check all')
    await page.locator('[data-endpoint=control-plane] svg[role=img] rect[data-tone=good]').last().waitFor()
    await page.waitForFunction(
      () =>
        document
          .querySelector('[data-endpoint=control-plane] svg[role=img] rect:last-of-type')
          ?.getAttribute('data-tone') === 'good',
    )
  })
})

describe('the map', () => {
  const map = (page: Page) => page.getByRole('group', { name: /^Map of/ })
  const openMap = async (scene?: string) => {
    const page = await open(scene, { width: 1440, height: 900 })
    await page.getByRole('radiogroup', { name: 'Show connectivity as' }).getByText('Map').click()
    await map(page).waitFor()
    return page
  }

  it('has the verdicts of the run, is in the address, and Back leads to the matrix', async () => {
    const page = await openMap()
    expect(page.url()).toContain('view=map')
    const failed = page.getByRole('button', { name: /Event hub.*Fail/ })
    await failed.waitFor()
    await page.reload()
    await failed.waitFor()
    await page.goBack()
    await page.getByRole('table', { name: 'Connectivity' }).waitFor()
    expect(page.url()).not.toContain('view=map')
  })

  it('opens the details of an endpoint, which have an address, and its row from there', async () => {
    const page = await openMap()
    await page.getByRole('button', { name: /Event hub.*Fail/ }).click()
    const drawer = page.getByRole('dialog', { name: 'Event hub' })
    await drawer.waitFor()
    expect(page.url()).toContain('endpoint=event-hub')
    await page.reload()
    await drawer.waitFor()
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'detached' })
    await map(page).waitFor()

    await page.getByRole('button', { name: /Event hub.*Fail/ }).click()
    await drawer.getByRole('button', { name: 'Open connectivity' }).click()
    await page.getByRole('tablist', { name: 'Event hub, by vantage' }).waitFor()
    expect(page.url()).not.toContain('view=map')
  })

  it('shows the check of an edge while it runs', async () => {
    const page = await openMap('slow')
    await press(page, 'Check all')
    await page.getByRole('button', { name: /Control plane.*Checking/ }).waitFor()
  })

  it('has the same content as a list', async () => {
    const page = await openMap()
    await page.getByText('List', { exact: true }).click()
    const row = page.getByRole('table', { name: 'Connections' }).getByRole('row', { name: /Event hub/ })
    expect(await row.textContent()).toContain('Connection timeout')
  })
})

describe('a check', () => {
  it('stops on the screen within 200 ms', async () => {
    const page = await open('slow')
    await press(page, 'Check all')
    await page.getByText('The image is being pulled').first().waitFor()

    const tookMs = await page.evaluate(async () => {
      const stop = [...document.querySelectorAll('button')].find((one) => one.textContent === 'Stop checking')
      const begun = performance.now()
      stop?.click()
      while (stop?.textContent === 'Stop checking') await new Promise((resolve) => requestAnimationFrame(resolve))
      return performance.now() - begun
    })

    expect(tookMs).toBeLessThan(200)
    await page.getByText('Run stopped.').waitFor()
  })

  it('uses the chosen vantages, also after a reload', async () => {
    const page = await open()
    await page.getByRole('button', { name: /^From / }).click()
    await page.getByRole('checkbox', { name: 'Component Agent' }).check()
    await page.getByRole('checkbox', { name: 'A pod in hangar-plane' }).uncheck()
    await page.keyboard.press('Escape')
    await page.reload()
    await page.getByRole('button', { name: 'From This computer and component Agent' }).waitFor()

    await press(page, 'Check all')
    await page.locator('td[data-vantage="component/agent"][data-verdict=fail]').waitFor()
  })

  it('shows why a vantage is unavailable', async () => {
    const page = await open('refused')
    await page.getByRole('button', { name: /^From / }).click()

    const nodes = page.getByRole('checkbox', { name: 'Every node (3)' })
    expect(await nodes.isDisabled()).toBe(true)
    await page.getByText('Unavailable: you are not permitted to create jobs.batch').first().waitFor()
  })

  it('runs in a pod that Hangar did not create only where the user chooses it by its name', async () => {
    const page = await open('refused')
    await page.getByText('You can run the check in a pod that Hangar did not create.').waitFor()
    expect(await page.locator('td[data-vantage^="existing-pod/"]').count()).toBe(0)

    await press(page, 'Run in pod hangar-plane/agent-6d9f/main')
    await page.locator('td[data-vantage="existing-pod/hangar-plane/agent-6d9f/main"]').first().waitFor()
    await page.reload()
    await page.getByRole('button', { name: /^From / }).waitFor()
    expect(await page.getByRole('button', { name: /^From .*existing/i }).count()).toBe(0)
  })
})

describe('an export', () => {
  it('saves a report as the core rendered it', async () => {
    const page = await open()
    await press(page, 'Export report')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Markdown' }).click(),
    ])

    expect(download.suggestedFilename()).toBe('hangar-demo-connectivity.md')
    expect(await readFile(await download.path(), 'utf8')).toBe('A report as markdown.\n')
  })

  it('previews an allow-list of one component before it is saved', async () => {
    const page = await open()
    await press(page, 'Create allow-list …')
    const dialog = page.getByRole('dialog', { name: 'Allow-list' })
    await dialog.getByRole('combobox', { name: 'Format' }).click()
    await page.getByRole('option', { name: 'CiliumNetworkPolicy' }).click()
    await dialog.getByRole('combobox', { name: 'Component' }).click()
    await page.getByRole('option', { name: 'Flux' }).click()
    const preview = dialog.getByRole('region', { name: 'Allow-list preview' })
    await preview.getByText('# ciliumnetworkpolicy').waitFor()
    expect(await preview.textContent()).not.toContain('control-plane')

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Save' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('hangar-demo-allow-list.yaml')
    expect(await readFile(await download.path(), 'utf8')).toBe(await preview.textContent())

    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await focused(page)).toBe('Create allow-list …')
  })

  it('copies a text for the network team, with source and destination', async () => {
    const page = await open()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await press(page, 'Control plane')
    await press(page, 'Copy for the network team')

    const text = await page.evaluate(() => navigator.clipboard.readText())
    expect(text).toContain('Source: ops-laptop (computer), address 192.168.4.20:51812')
    expect(text).toContain('Certificate issued by: CN=Corp Proxy Root CA 2019')
    expect(text).toContain('To reproduce, on ops-laptop, run the command in the last line.')
    expect(text).toMatch(/\n# openssl s_client .*$/)
    expect(text.split('\n').filter((line) => !line.startsWith('# '))).toEqual([])
  })
})

describe('an earlier run', () => {
  it('is marked as earlier and has no check buttons', async () => {
    const page = await open()
    await press(page, 'Earlier runs')
    await page.getByRole('button', { name: 'Open run', exact: true }).last().click()

    await page.getByText('Earlier run:').waitFor()
    await press(page, 'Control plane')
    expect(await page.getByRole('button', { name: /Check/ }).count()).toBe(0)
    await press(page, 'Back to latest')
    await page.getByRole('button', { name: 'Check all' }).waitFor()
  })

  it('that is not verified is marked in the list and when it is open', async () => {
    const page = await open()
    await press(page, 'Earlier runs')
    const marked = page.getByRole('row').filter({ hasText: 'Not verified' })
    await marked.waitFor()
    expect(await marked.count()).toBe(1)
    await marked.getByRole('button', { name: 'Open run' }).click()

    await page.getByText('Earlier run:').waitFor()
    await page.getByText('Not verified', { exact: true }).waitFor()
  })
})

describe('a watch', () => {
  it('starts with the chosen interval, reports changes in every view, and stops', async () => {
    const page = await open()
    await press(page, 'Watch …')
    const dialog = page.getByRole('dialog', { name: 'Watch connectivity' })
    await dialog.getByRole('combobox', { name: 'Interval' }).click()
    await page.getByRole('option', { name: 'Every 5 minutes' }).click()
    await dialog.getByRole('button', { name: 'Start watching' }).click()
    await page.getByRole('region', { name: 'Watch' }).getByText('Every 5 minutes, from this computer').waitFor()

    await page.getByRole('tab', { name: 'Logs' }).click()
    await page.evaluate(() => fakeBackend.finishWatchRun())
    const notice = page.getByRole('alert').filter({ hasText: 'demo: connectivity changed (1 failed)' })
    await notice.getByText('Event hub from a pod in hangar-plane').waitFor()
    await notice.getByRole('button', { name: 'Open connectivity' }).click()
    await page.getByText('Connectivity changed: 1 failed').waitFor()

    await press(page, 'Stop watching')
    await page.getByRole('region', { name: 'Watch' }).waitFor({ state: 'detached' })
  })
})
