import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { windowOfTests } from './openWindow.ts'

const openWindow = windowOfTests()
const open = (scene?: string): Promise<Page> => openWindow({ scene })

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const banner = (page: Page) => page.getByText('Vault locked', { exact: true })
const passphrase = (page: Page) => page.getByLabel('Passphrase', { exact: true })

const lockInSettings = async (page: Page): Promise<void> => {
  await button(page, 'Settings').click()
  await button(page, 'Lock vault').click()
}

const search = async (page: Page): Promise<void> => {
  await page.keyboard.press('Control+k')
  await page.getByRole('textbox', { name: 'Search views and actions' }).fill('lock vault')
}

const lockInPalette = async (page: Page): Promise<void> => {
  await search(page)
  await page.keyboard.press('Enter')
}

describe('the vault', () => {
  it.each([
    ['the settings', lockInSettings],
    ['the command palette', lockInPalette],
  ])('is locked in %s, and the keychain opens it again without a passphrase', async (_where, lock) => {
    const page = await open()
    expect(await banner(page).count()).toBe(0)
    await lock(page)
    await banner(page).waitFor()
    await page.getByRole('button', { name: 'Unlock vault' }).first().click()

    const dialog = page.getByRole('dialog', { name: 'Unlock vault' })
    await dialog.getByText('The system keychain can open it again.').waitFor()
    expect(await passphrase(page).count()).toBe(0)
    await dialog.getByRole('button', { name: 'Unlock vault' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await banner(page).waitFor({ state: 'hidden' })
  })

  it('stays locked, with the reason, while the keychain refuses', async () => {
    const page = await open()
    await page.evaluate(() => {
      fakeBackend.keychainRefuses = true
    })
    await lockInSettings(page)
    await page.getByRole('button', { name: 'Unlock vault' }).first().click()
    const dialog = page.getByRole('dialog', { name: 'Unlock vault' })
    await dialog.getByRole('button', { name: 'Unlock vault' }).click()

    await dialog.getByText('The keychain did not answer.').waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await banner(page).waitFor()
  })

  it('offers no lock in the settings and the palette while it is locked', async () => {
    const page = await open('locked')
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    await button(page, 'Settings').click()
    await page.getByRole('heading', { name: 'Vault' }).waitFor()
    expect(await button(page, 'Lock vault').count()).toBe(0)
    await search(page)
    expect(await page.getByRole('dialog').getByText('Lock vault').count()).toBe(0)
  })

  it('asks for a passphrase only when something has to be stored, and continues with it', async () => {
    const page = await open('no-passphrase')
    await page.getByRole('heading', { name: 'Planes', level: 1 }).waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(await page.getByText(/passphrase|Vault/).count()).toBe(0)
    await page.getByRole('navigation', { name: 'Hangar' }).getByRole('button', { name: 'payments-eu' }).click()
    await page.getByRole('tab', { name: 'Logs' }).click()
    await page.getByRole('button', { name: 'Collect logs' }).click()
    const dialog = page.getByRole('dialog', { name: 'New vault passphrase' })
    await dialog.getByText('If you forget it, both are lost').waitFor()
    expect(await dialog.getByText('secret service').isVisible()).toBe(false)
    await passphrase(page).fill('password1234')
    await dialog.getByText('Weak: guessed in a short time').waitFor()
    await passphrase(page).fill('correct horse battery staple tram')
    await dialog.getByText('Strong', { exact: true }).waitFor()
    await page.getByLabel('Confirm passphrase').fill('correct horse battery staple tram')
    await dialog.getByRole('button', { name: 'Set passphrase' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Stop collection' }).waitFor()
  })

  it('keeps no passphrase in the form after a wrong one', async () => {
    const page = await open('locked')
    await passphrase(page).fill('wrong passphrase')
    await page.getByRole('dialog').getByRole('button', { name: 'Unlock vault' }).click()
    await page.getByText('The passphrase does not open the vault.').waitFor()
    expect(await passphrase(page).inputValue()).toBe('')
    await passphrase(page).fill('the right passphrase')
    await page.getByRole('dialog').getByRole('button', { name: 'Unlock vault' }).click()
    await banner(page).waitFor({ state: 'hidden' })
  })
})

describe('the page of an ended session', () => {
  it.each([1280, 700, 520, 440, 360])('does not break its command at a width of %i pixels', async (width) => {
    const page = await open()
    await button(page, 'Sign out').click()
    await page.getByRole('heading', { name: 'Signed out' }).waitFor()
    await page.setViewportSize({ width, height: 800 })
    const command = page.getByText('kill -USR2 PID', { exact: true })
    expect(await command.evaluate((element) => element.getClientRects().length)).toBe(1)
  })
})

it('a window whose script does not load says so, with what to do; a window that starts does not', async () => {
  const page = await open()
  const note = page.getByText('Hangar has not started.')
  expect(await note.count()).toBe(0)
  await page.route('**/*.js', (route) => route.abort())
  await page.reload()
  await note.waitFor({ state: 'attached' })
  expect(await note.isVisible()).toBe(false)
  await page.evaluate(() => {
    for (const animation of document.getAnimations()) animation.finish()
  })
  expect(await note.isVisible()).toBe(true)
})
