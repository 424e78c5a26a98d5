import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { windowOfTests } from './openWindow.ts'

const openWindow = windowOfTests()

/** The dialog for the demo plane, whose context is `bed-1`. */
async function open(): Promise<Page> {
  const page = await openWindow()
  await page.getByRole('navigation', { name: 'Hangar' }).getByRole('button', { name: 'demo' }).click()
  await page.getByRole('tab', { name: 'About' }).click()
  await page.getByRole('button', { name: 'Change context' }).click()
  await dialogOf(page).waitFor()
  return page
}

const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'Change the context of demo' })
const confirmOf = (page: Page) => dialogOf(page).getByRole('button', { name: /^Change context/ })
async function choose(page: Page, context: string): Promise<void> {
  await dialogOf(page).getByRole('combobox', { name: 'New context' }).click()
  await page.getByRole('option', { name: context }).click()
}

describe('a plane whose kubeconfig was moved', () => {
  it('gets the context of the new file, and offers none that cannot be used', async () => {
    const page = await open()

    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Cancel')
    expect(await confirmOf(page).isDisabled()).toBe(true)
    await dialogOf(page).getByRole('combobox', { name: 'New context' }).click()
    expect(await page.getByRole('option', { name: /old-staging|bed-1/ }).count()).toBe(0)
    await page.getByRole('option', { name: 'aks-payments-eu' }).click()
    await dialogOf(page).getByText('Defined in /home/operator/.kube/config').waitFor()
    await confirmOf(page).click()

    await dialogOf(page).waitFor({ state: 'hidden' })
    await page.getByText('aks-payments-eu').first().waitFor()
  })

  it('gets the context of another cluster only after that was confirmed', async () => {
    const page = await open()
    await choose(page, 'on-premises-frankfurt')
    await confirmOf(page).click()
    await dialogOf(page).getByText('leads to another cluster').waitFor()
    expect(await confirmOf(page).isDisabled()).toBe(true)

    await dialogOf(page).getByRole('checkbox').check()
    await confirmOf(page).click()

    await dialogOf(page).waitFor({ state: 'hidden' })
    await page.getByText('on-premises-frankfurt').first().waitFor()
  })
})
