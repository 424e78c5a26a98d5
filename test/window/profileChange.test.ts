import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { windowOfTests } from './openWindow.ts'

const openWindow = windowOfTests()

/** The demo plane, whose profile a colleague has changed. */
async function open(tab: string, scene = 'profile-changed'): Promise<Page> {
  const page = await openWindow({ scene })
  await page.getByRole('navigation', { name: 'Hangar' }).getByRole('button', { name: 'demo' }).click()
  await page.getByRole('tab', { name: tab }).click()
  return page
}

const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'Profile of demo changed' })
const review = (page: Page) => page.getByRole('button', { name: 'Review changes' }).click()
const approve = (page: Page) => dialogOf(page).getByRole('button', { name: 'Approve profile' }).click()

describe('a plane whose profile changed', () => {
  it('shows where connections would go, with the focus on Cancel, and Escape approves nothing', async () => {
    const page = await open('Overview')
    await review(page)

    const endpoints = (await dialogOf(page).getByRole('region', { name: 'Endpoints' }).textContent()) ?? ''
    for (const fact of [
      'image-registry changed',
      'registry.vendor.example → registry-1.attacker.example⟨U+202E⟩',
      'system → file ca.pem',
      'telemetry added',
      'collector.example',
      'old-broker removed',
    ]) {
      expect(endpoints).toContain(fact)
    }
    expect(
      await dialogOf(page)
        .getByRole('region', { name: /^Files/ })
        .textContent(),
    ).toContain('ca.pem added')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Cancel')
    await page.keyboard.press('Escape')
    await dialogOf(page).waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Review changes' }).waitFor()
  })

  it('is not checked until the change is approved', async () => {
    const page = await open('Connectivity')
    await page
      .getByRole('button', { name: /^Check/ })
      .first()
      .click()
    await page.getByRole('alert').getByRole('button', { name: 'Review', exact: true }).click()
    await approve(page)

    await dialogOf(page).waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Review changes' }).waitFor({ state: 'hidden' })
    await page.getByRole('alert').waitFor({ state: 'hidden' })
  })

  it('shows the change again if it is another one by now', async () => {
    const page = await open('Overview')
    await review(page)
    await page.evaluate(() => {
      fakeBackend.profileVersion = 2
    })
    await approve(page)

    await dialogOf(page).getByText('Changed since it was shown').waitFor()
    expect(await dialogOf(page).textContent()).toContain('registry-2.attacker.example')
    await approve(page)
    await dialogOf(page).waitFor({ state: 'hidden' })
  })
})

describe('a plane whose settings send a credential elsewhere', () => {
  it('is not called a changed profile, and the destinations are approved', async () => {
    const page = await open('Overview', 'credential-moved')
    await page.getByText('Credential destination changed').waitFor()
    expect(await page.getByText('Profile changed').count()).toBe(0)
    await review(page)

    const dialog = page.getByRole('dialog', { name: 'Credentials of demo' })
    expect(await dialog.textContent()).toContain('registry-1.attacker.example')
    await dialog.getByRole('button', { name: 'Approve destinations' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await page.getByText('Credential destination changed').waitFor({ state: 'hidden' })
  })
})
