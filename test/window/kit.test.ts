import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { chooseKit, verifyKit } from './kitFiles.ts'
import { windowOfTests } from './openWindow.ts'

const openWindow = windowOfTests()
const open = (address = '/profiles'): Promise<Page> => openWindow({ address })
const calls = (page: Page) => page.evaluate(() => fakeBackend.kitCalls)
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const alert = (page: Page, text: string) => page.getByRole('alert').filter({ hasText: text }).waitFor()

it('a kit is verified, pushed with a login and made a profile, with which the wizard begins', async () => {
  const page = await open()
  await page.getByRole('button', { name: 'Install from a kit' }).click()
  await verifyKit(page, 'plane.kit')
  await page.getByText('every byte is as the key 9D0E2A61C57B13F4 signed it').waitFor()
  await page
    .getByText('Profile “Demo plane”, 5 releases, 2 images, 612.4 MB, linux/amd64. 1 certificate file.')
    .waitFor()
  await page.getByRole('row', { name: /plane-agent plane-agent 1\.0\.0 sha256:a+/ }).waitFor()
  await page.getByRole('row', { name: /node:24-alpine sha256:b+/ }).waitFor()
  expect(await page.getByRole('button', { name: 'Create profile' }).count()).toBe(0)

  const registry = page.getByLabel('Registry and path')
  await registry.fill('Not a registry')
  await page.getByText('Use a host, its port if it has one').waitFor()
  expect(await button(page, 'Push to the registry').isDisabled()).toBe(true)
  await registry.fill('denied.example.com:5000/planes')
  await button(page, 'Push to the registry').click()
  await alert(page, 'a login is needed')
  await page.getByRole('combobox', { name: 'Login' }).click()
  await page.getByRole('option', { name: 'User name and password' }).click()
  await page.getByLabel('User name').fill('builder')
  await page.getByLabel('Password', { exact: true }).fill('secret of the registry')
  await button(page, 'Push to the registry').click()
  await page.getByText('2 references are in the registry').waitFor()
  await page.getByRole('row', { name: /denied\.example\.com:5000\/planes\/library\/node/ }).waitFor()
  expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('')

  expect(await page.getByLabel('Name of the profile').inputValue()).toBe('demo-kit')
  await page.getByLabel('Name of the profile').fill('demo')
  await page.getByText('A profile that comes with Hangar has this name.').waitFor()
  await page.getByLabel('Name of the profile').fill('demo-kit')
  await button(page, 'Create profile').click()
  await page.getByText('The profile “demo-kit” is created').waitFor()
  expect(await calls(page)).toEqual([
    'push denied.example.com:5000/planes nobody',
    'push denied.example.com:5000/planes builder',
    'import demo-kit',
  ])
  await button(page, 'Install this profile').click()
  await page.getByRole('heading', { name: 'Install a plane' }).waitFor()
  await page.getByRole('listbox', { name: 'Contexts' }).getByRole('option').first().click()
  await button(page, 'Next').click()
  expect(await page.getByRole('radio', { name: /demo-kit/ }).isChecked()).toBe(true)
})

it('the wizard leads to a kit, and the login of a plane in the vault is used', async () => {
  const page = await open('/profiles?from=kit')
  await verifyKit(page, 'plane.kit')
  await page.getByLabel('Registry and path').fill('registry.example.com')
  await page.getByRole('combobox', { name: 'Login' }).click()
  await page.getByRole('option', { name: 'From the vault: demo' }).click()
  await button(page, 'Push to the registry').click()
  await page.getByText('2 references are in the registry').waitFor()
  const [call] = await calls(page)
  expect(call).toMatch(/^push registry\.example\.com [0-9a-f-]{36}$/)
})

it('a content that is in the registry already needs no push, and an own profile is replaced only if that is said', async () => {
  const page = await open('/profiles?from=kit')
  await verifyKit(page, 'plane.kit')
  await page.getByLabel('Registry and path').fill('registry.example.com')
  await button(page, 'It is there already').click()
  const own = await page.evaluate(() => fakeBackend.kitCalls.length)
  expect(own).toBe(0)
  await button(page, 'Create profile').click()
  await page.getByText('The profile “demo-kit” is created').waitFor()
  // Another registry is another profile: its name is taken now.
  await page.getByLabel('Registry and path').fill('other.example.com')
  await button(page, 'It is there already').click()
  await page.getByLabel('Name of the profile').fill('demo-ki')
  await page.getByLabel('Name of the profile').fill('demo-kit')
  expect(await button(page, 'Create profile').isDisabled()).toBe(true)
  await page.getByLabel('Replace the profile of this name').check()
  await button(page, 'Create profile').click()
  await page.getByText('The profile “demo-kit” is created').waitFor()
  expect(await calls(page)).toEqual(['import demo-kit', 'import demo-kit replacing'])
})

it('another key and a changed kit are refused, and nothing of the kit is shown', async () => {
  const page = await open('/profiles?from=kit')
  await verifyKit(page, 'plane.kit', 'untrusted comment: other\nRWQ')
  await alert(page, 'not with 0000000000000001')
  await page.getByRole('button', { name: 'Remove kit' }).click()
  await verifyKit(page, 'changed.kit')
  await alert(page, 'its content was changed')
  expect(await page.getByText('Contents').count()).toBe(0)
  expect(await page.getByLabel('Registry and path').count()).toBe(0)
  expect(await calls(page)).toEqual(['remove plane.kit'])
})

it('a full disk is an error, and the kit is not there', async () => {
  const page = await open('/profiles?from=kit')
  await chooseKit(page, 'full.kit')
  await alert(page, 'No space is left on the disk.')
  expect(await button(page, 'Verify kit').isDisabled()).toBe(true)
})

it('a verification and a push can be cancelled, and another view loses neither', async () => {
  const page = await open('/profiles?from=kit')
  await verifyKit(page, 'slow.kit')
  await page.getByRole('progressbar', { name: 'Verifying' }).waitFor()
  await page.getByText('306.2 of 612.4 MB').waitFor()
  await button(page, 'Cancel').click()
  await page.getByRole('progressbar').waitFor({ state: 'detached' })
  expect(await page.getByLabel('Registry and path').count()).toBe(0)

  await page.getByRole('button', { name: 'Remove kit' }).click()
  await verifyKit(page, 'plane.kit')
  await page.getByLabel('Registry and path').fill('slow.example.com')
  await button(page, 'Push to the registry').click()
  await page.getByText('306.2 of 612.4 MB').waitFor()
  await page.getByRole('button', { name: 'Back to profiles' }).click()
  await page.getByRole('button', { name: 'Install from a kit' }).click()
  await page.getByRole('progressbar', { name: 'Pushing' }).waitFor()
  await button(page, 'Cancel').click()
  await page.getByText('Cancelled. What the registry has got is not sent again.').waitFor()
  expect(await page.getByRole('button', { name: 'Create profile' }).count()).toBe(0)
})
