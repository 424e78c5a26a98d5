import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { windowOfTests } from './openWindow.ts'
import { planeTab } from './viewState.ts'

const plane = '/planes/0b8f6c1e-52a4-4f5e-9d3c-2f1a6b7c8d90'

const openWindow = windowOfTests()
const open = (address?: string): Promise<Page> => openWindow({ address })

const addressOf = (page: Page): Promise<string> => page.evaluate(() => location.hash.slice(1))
const row = (page: Page, name: string) =>
  page.getByRole('row').getByRole('button', { name, exact: true, expanded: true })

/** What a user does, and how the place is recognised. */
const steps: readonly (readonly [
  title: string,
  address: string,
  act: (page: Page) => Promise<unknown>,
  shown: (page: Page) => Promise<unknown>,
])[] = [
  [
    'Overview – demo – Hangar',
    `${plane}/overview`,
    planeTab('demo', 'Overview'),
    (page) => page.getByRole('group', { name: 'Map of demo' }).waitFor(),
  ],
  [
    'Connectivity – demo – Hangar',
    `${plane}/connectivity`,
    planeTab('demo', 'Connectivity'),
    (page) => page.getByRole('table', { name: 'Connectivity' }).waitFor(),
  ],
  [
    'Connectivity – demo – Hangar',
    `${plane}/connectivity?runs=all`,
    (page) => page.getByRole('button', { name: 'Earlier runs' }).click(),
    (page) => page.getByRole('table', { name: 'Earlier runs' }).waitFor(),
  ],
  [
    'Connectivity – demo – Hangar',
    `${plane}/connectivity?run=`,
    (page) => page.getByRole('button', { name: 'Open run', exact: true }).last().click(),
    (page) => page.getByRole('table', { name: 'Connectivity' }).waitFor(),
  ],
  [
    'Workloads – demo – Hangar',
    `${plane}/workloads`,
    planeTab('demo', 'Workloads'),
    (page) => page.getByRole('tree').waitFor(),
  ],
  [
    'Workloads – demo – Hangar',
    `${plane}/workloads?object=`,
    (page) => page.getByRole('treeitem', { name: /Pod agent/ }).click(),
    (page) => page.getByRole('dialog', { name: /^agent-/ }).waitFor(),
  ],
  [
    'Logs – demo – Hangar',
    `${plane}/logs`,
    (page) => page.getByRole('dialog').getByRole('button', { name: 'Show logs' }).click(),
    (page) => page.getByRole('textbox', { name: 'Search logs' }).waitFor(),
  ],
  ['Activity – demo – Hangar', `${plane}/activity`, planeTab('demo', 'Activity'), async () => undefined],
  ['About – demo – Hangar', `${plane}/about`, planeTab('demo', 'About'), async () => undefined],
  [
    'Profiles – Hangar',
    '/profiles',
    (page) => page.getByRole('button', { name: 'Profiles' }).click(),
    (page) => page.getByRole('heading', { name: 'Profiles', level: 1 }).waitFor(),
  ],
  [
    'Settings – Hangar',
    '/settings',
    (page) => page.getByRole('button', { name: 'Settings' }).click(),
    (page) => page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor(),
  ],
]

describe('the address and the title of the window', () => {
  it('name every place on the way, and Back, Forward and a reload lead to it again', async () => {
    const page = await open()
    const addresses: string[] = []
    for (const [title, address, act, shown] of steps) {
      await act(page)
      await shown(page)
      await page.waitForFunction((text) => location.hash.startsWith(`#${text}`), address)
      expect(await page.title()).toBe(title)
      addresses.push(await addressOf(page))
    }
    for (const [index, [title, , , shown]] of steps.entries().toArray().slice(0, -1).reverse()) {
      await page.goBack()
      await shown(page)
      expect([await addressOf(page), await page.title()]).toEqual([addresses[index], title])
    }
    for (const [, , , shown] of steps.slice(1)) {
      await page.goForward()
      await shown(page)
    }
    expect(await addressOf(page)).toBe(addresses.at(-1))
    await page.goBack()
    await page.goBack()
    await page.reload()
    await page.getByRole('tab', { name: 'About', selected: true }).waitFor()
    expect(await addressOf(page)).toBe(`${plane}/about`)
  })

  it('hold filters, opened rows and queries, which a new tab shows again', async () => {
    const page = await open(`${plane}/connectivity`)
    await page.getByRole('button', { name: 'Control plane', exact: true }).click()
    await row(page, 'Control plane').waitFor()
    await page.getByRole('textbox', { name: 'Filter rows' }).fill('control')
    await page.waitForFunction(() => location.hash.includes('text=control'))
    const other = await open(await addressOf(page))
    await row(other, 'Control plane').waitFor()
    expect(await other.getByRole('textbox', { name: 'Filter rows' }).inputValue()).toBe('control')

    await planeTab('demo', 'Logs')(page)
    await page.getByRole('textbox', { name: 'Search logs' }).fill('refused')
    await page
      .getByRole('option', { name: /refused/i })
      .first()
      .click()
    await page.waitForFunction(() => /text=refused.*record=/.test(location.hash))
    const logs = await open(await addressOf(page))
    await logs.getByRole('region', { name: 'Log line' }).waitFor()
    expect(await logs.getByRole('textbox', { name: 'Search logs' }).inputValue()).toBe('refused')
  })

  it.each([
    ['/planes/gone/logs', '/', 'The plane of this address does not exist here'],
    [`${plane}/volcano`, `${plane}/overview`, 'A part of this address does not exist here'],
    ['/%E0%A4%A', '/', 'A part of this address does not exist here'],
    ['/install/settings', '/install/cluster', 'A part of this address does not exist here'],
    [`${plane}/connectivity?run=gone`, `${plane}/connectivity?runs=all`, ''],
    [
      `${plane}/connectivity?row=gone+x`,
      `${plane}/connectivity?row=gone+x`,
      'This address names an endpoint that the plane does not have: gone',
    ],
    [
      `${plane}/workloads?object=gone`,
      `${plane}/workloads?object=gone`,
      'The selected object no longer exists in the cluster',
    ],
  ])('%s leads to the nearest place, %s, with a notice', async (address, nearest, notice) => {
    const page = await open(address)
    if (notice !== '') await page.getByText(notice).waitFor()
    await page.waitForFunction((text) => location.hash.startsWith(`#${text}`), nearest)
  })
})
