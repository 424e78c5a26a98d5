import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { demoId } from './fake-backend/planes.ts'
import { windowOfTests } from './openWindow.ts'

const open = windowOfTests()
const workloads = `/planes/${demoId}/workloads`
const opened = async (query = '', scene = 'usual'): Promise<Page> => {
  const page = await open({ scene, address: `${workloads}${query}` })
  await page.getByRole('tree', { name: 'Workloads' }).waitFor()
  return page
}

/** The rows in view with their levels as dots. */
const rows = (page: Page): Promise<string[]> =>
  page.getByRole('treeitem').evaluateAll((items) =>
    items.map((item) => {
      const name = [...(item.querySelector('[class*=name]')?.querySelectorAll('*') ?? [])]
      const texts = name.filter(({ childElementCount }) => childElementCount === 0).map((each) => each.textContent)
      return `${'.'.repeat(Number(item.ariaLevel) - 1)}${texts.filter((text) => text !== '').join(' ')}`
    }),
  )
const addressHas = (page: Page, query: string) => page.waitForURL((url) => url.hash === `#${workloads}${query}`)
const sortBy = (page: Page, column: string) =>
  page.getByRole('group', { name: 'Columns' }).getByRole('button', { name: column, exact: true }).click()

const drawer = (page: Page) => page.getByRole('dialog')
const openAgent = (page: Page) => page.getByRole('treeitem', { name: /Pod agent/ }).click()

const agent = ['Agent', '.Deployment agent', '..ReplicaSet agent-7d9f8c6b5', '...Pod agent-7d9f8c6b5-ax2kq']

describe('the workloads of a plane', () => {
  it('are a tree of components, controllers, ReplicaSets and pods, with counts, restarts, image and time', async () => {
    const page = await opened()
    expect(await rows(page)).toEqual(expect.arrayContaining([...agent, '.Service agent']))
    const pod = page.getByRole('treeitem', { name: /Pod agent/ })
    expect(await pod.textContent()).toMatch(/Degraded.*0\/16/)
    expect(await page.getByRole('treeitem', { name: /^Agent/ }).textContent()).toMatch(/0\/16/)
  })

  it('are folded and unfolded by keyboard, and left leads from a pod to what made it', async () => {
    const page = await opened()
    const all = await rows(page)
    await page.getByRole('treeitem', { name: /Pod agent/ }).click()
    await page.keyboard.press('Escape')
    const tree = page.getByRole('tree', { name: 'Workloads' })
    await drawer(page).waitFor({ state: 'hidden' })
    await tree.press('ArrowLeft')
    await tree.press('ArrowLeft')
    expect(await rows(page)).not.toContain(agent[3])
    await tree.press('ArrowRight')
    await expect.poll(() => rows(page)).toEqual(all)
  })

  it('are sorted by the head of a column, which the address keeps; the third time ends it', async () => {
    const page = await opened()
    await sortBy(page, 'Restarts')
    await addressHas(page, '?sort=restarts')
    await expect.poll(async () => (await rows(page))[0]).toBe('Agent')
    await sortBy(page, 'Name')
    await sortBy(page, 'Name')
    await addressHas(page, '?sort=-name')
    await expect.poll(async () => (await rows(page))[0]).toBe('Secret resolver')
    await page.reload()
    await page.getByRole('tree', { name: 'Workloads' }).waitFor()
    expect((await rows(page))[0]).toBe('Secret resolver')
    await sortBy(page, 'Name')
    await addressHas(page, '')
  })

  it('are filtered by kind, node and health, each below its own component; the address keeps it', async () => {
    const page = await opened()
    const choose = async (facet: string, value: RegExp) => {
      await page.getByRole('search').getByRole('button', { name: facet, exact: true }).click()
      await page.getByRole('dialog', { name: facet }).getByRole('checkbox', { name: value }).click()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog', { name: facet }).waitFor({ state: 'hidden' })
    }
    await choose('Kind', /^Pod/)
    await choose('Health', /^Degraded/)
    await addressHas(page, '?kind=Pod&health=degraded')
    await expect.poll(() => rows(page)).toEqual(agent)
    await page.getByText('1 of 18 objects').waitFor()
    await page.getByRole('button', { name: 'Kind: Pod' }).waitFor()
    await choose('Node', /^node-2/)
    await page.getByText('No matching workloads').waitFor()

    await page.getByRole('status').getByRole('button', { name: 'Clear filters' }).click()
    await addressHas(page, '')
    await page.getByText('18 objects', { exact: true }).waitFor()
  })

  it('keep their order and place while 3,000 pods change four times a second', async () => {
    const page = await opened('?kind=Pod&sort=restarts', 'large')
    await page.evaluate(() => {
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) document.title = `shifted ${Reflect.get(entry, 'value')}`
      }).observe({ type: 'layout-shift' })
    })
    const before = await rows(page)
    await page.waitForTimeout(1_500)
    expect(await rows(page)).toEqual(before)
    expect(await page.title()).not.toContain('shifted')
    expect(await page.getByRole('treeitem').count()).toBeLessThan(120)
  })
})

describe('the details of an object', () => {
  it('are opened by Enter, are in the address, and give the focus back to the tree', async () => {
    const page = await opened()
    const tree = page.getByRole('tree', { name: 'Workloads' })
    await tree.focus()
    await tree.press('ArrowDown')
    await tree.press('ArrowDown')
    expect(await drawer(page).count()).toBe(0)
    await tree.press('Enter')
    await drawer(page).getByRole('heading', { name: 'Gateway' }).waitFor()
    await page.keyboard.press('Escape')
    await drawer(page).waitFor({ state: 'hidden' })
    await tree.press('ArrowDown')
    await tree.press('Enter')
    await addressHas(page, '?object=gateway%2FDeployment%2Fgateway')
    await page.reload()
    await drawer(page).getByText('Deployment in plane-system').waitFor()
    await page.keyboard.press('Escape')
    await addressHas(page, '')
  })

  it('say why: conditions as sentences, containers with their last exit, events, and YAML without secrets', async () => {
    const page = await opened()
    await openAgent(page)
    const conditions = drawer(page).getByRole('region', { name: 'Conditions' })
    await conditions.getByText(/^The pod is not ready and gets no requests \(ContainersNotReady\)/).waitFor()
    const containers = await drawer(page).getByRole('region', { name: 'Containers' }).textContent()
    expect(containers).toContain('Waiting: CrashLoopBackOff')
    expect(containers).toMatch(/Last exitExit code 137, OOMKilled \(SIGKILL\)/)
    expect(containers).toContain('cpu 100m, memory 128Mi')
    expect(containers).toContain('GET http://:8080/ready')
    await drawer(page)
      .getByRole('list', { name: 'Events' })
      .getByText(/Back-off restarting/)
      .waitFor()
    await drawer(page).locator('summary').click()
    await drawer(page).getByText('1 value that may be a secret is hidden.').waitFor()
    await drawer(page).getByRole('button', { name: 'ReplicaSet agent-7d9f8c6b5' }).click()
    await drawer(page).getByText('ReplicaSet in plane-system').waitFor()
    await page.goBack()
    await drawer(page).getByText('Pod in plane-system').waitFor()
  })

  it.each([
    ['gone', 'The object no longer exists in the cluster', 'OOMKilled'],
    ['forbidden', 'Pod agent-7d9f8c6b5-ax2kq cannot be read: it is forbidden.', 'CrashLoopBackOff'],
    ['stale', 'The API server of bed-1 does not respond.', 'CrashLoopBackOff'],
  ])('in the scene "%s" say so, and keep what is known', async (scene, notice, known) => {
    const page = await opened('', scene)
    await openAgent(page)
    await drawer(page).getByText(notice).waitFor()
    await drawer(page).getByText(known).first().waitFor()
  })

  it('of a kind that may not be read: the kind is named above the tree, which stays', async () => {
    const page = await opened('', 'forbidden')
    await page.getByRole('alert').getByText('Service cannot be read in plane-system: it is forbidden.').waitFor()
    expect(await rows(page)).toEqual(expect.arrayContaining(agent))
  })
})
