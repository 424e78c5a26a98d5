import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { windowOfTests } from './openWindow.ts'
import { chooseDraftCluster, chooseVendorFiles, proposeProfile } from './vendorFiles.ts'

const openWindow = windowOfTests()
const open = (address = '/profiles'): Promise<Page> => openWindow({ address })
const saved = (page: Page) => page.evaluate(() => fakeBackend.draftDecisions)
const counts = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()
const selectedRow = (page: Page) => page.getByRole('option', { selected: true }).textContent()

it('a profile from the vendor’s files is reviewed row by row with the keyboard, saved and opened in the editor', async () => {
  const page = await open()
  await proposeProfile(page, [
    { name: 'install.sh', text: 'helm install a b' },
    { name: 'broken.yaml', text: 'a: [' },
  ])
  await counts(page, '0 of 7 confirmed')
  await page.getByRole('listbox', { name: 'Proposals' }).focus()

  // The first row is confirmed, the second is left out and the decision undone, the third is left out.
  await page.keyboard.press('Enter')
  expect(await selectedRow(page)).toContain('A storage class')
  await page.keyboard.press('x')
  await page.keyboard.press('k')
  await page.keyboard.press('u')
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await counts(page, '1 of 7 confirmed, 1 left out')

  // The guess: its evidence is beside it, and its port is corrected before it is confirmed.
  for (const key of ['End', 'k', 'e', 'Tab']) await page.keyboard.press(key)
  const details = page.getByRole('region', { name: 'Details of the row' })
  expect(await details.textContent()).toContain('vendor/connections.csv:2')
  await details.getByText('A guess: check it before you confirm it.').waitFor()
  await details.getByLabel('Port').fill('70000')
  await details.getByText('Use a number from 1 to 65535').waitFor()
  expect(await page.getByRole('button', { name: 'Save profile' }).isDisabled()).toBe(true)
  await details.getByLabel('Port').fill('8443')
  await details.getByLabel('Port').press('Enter')
  await counts(page, '2 of 7 confirmed, 1 left out')
  await page.getByRole('option', { name: 'agent → https ${controlPlane.host}:8443' }).waitFor()

  // Only rows without a decision; what cannot be read is named with its file.
  await page.getByText('Needs a decision (4)').click()
  expect(await page.getByRole('option').count()).toBe(4)
  await page.getByText('Not read (2)').click()
  await page.getByRole('row', { name: 'broken.yaml It is not valid YAML.' }).waitFor()

  await page.getByRole('button', { name: 'Save profile' }).click()
  await page.getByText('3 entries are marked as unconfirmed').waitFor()
  await page.getByText('Left out, because they need what you left out: endpoint:other.').waitFor()
  await page.getByLabel(/^YAML of/).waitFor()
  const decisions = await saved(page)
  expect(decisions.map((each) => each.split(' ').slice(0, 2).join(' '))).toEqual([
    'confirmed setting:controlPlane.host',
    'skipped release:agent',
    'confirmed endpoint:agent-control-plane',
  ])
  expect(decisions[2]).toContain('"port":8443')
})

it('the releases of a cluster are proposed, in the namespaces that the user may read', async () => {
  const page = await open()
  await chooseDraftCluster(page, /^bed-1/)
  const propose = page.getByRole('button', { name: 'Propose a profile' })
  await propose.click()
  await page.getByRole('alert').filter({ hasText: 'Listing Secrets in all namespaces is not permitted' }).waitFor()

  const namespaces = page.getByLabel('Namespaces')
  await namespaces.fill('plane, Not a name')
  await page.getByText('Use names of namespaces, separated by commas.').waitFor()
  expect(await propose.isDisabled()).toBe(true)
  await namespaces.fill('plane, flux-system')
  await propose.click()
  await counts(page, '0 of 7 confirmed')
  const cluster = await page.evaluate(() => fakeBackend.draftCluster)
  expect(cluster).toEqual({ contextId: expect.any(String), namespaces: ['plane', 'flux-system'] })
})

it('a refused file and a failed proposal lose nothing', async () => {
  const page = await open('/profiles?from=files')
  await chooseVendorFiles(page, [
    { name: 'endless.sh', text: 'while true; do :; done' },
    { name: 'huge.tgz', text: 'x'.repeat(5_300_000) },
  ])
  await page.getByRole('alert').filter({ hasText: 'huge.tgz: larger than 5 MB' }).waitFor()
  await page.getByRole('button', { name: 'Propose a profile' }).click()
  await page.getByRole('alert').filter({ hasText: '15 s of processor time' }).waitFor()
  await page.getByRole('button', { name: 'Back to profiles' }).click()
  await page.getByRole('button', { name: 'Create from vendor’s files' }).click()
  expect(await page.getByRole('list', { name: 'Chosen files' }).textContent()).toContain('endless.sh')
})

it('a profile that would not be valid is not saved, and the decisions stay', async () => {
  const page = await open()
  await proposeProfile(page)
  await page.getByRole('option', { name: /^Endpoint/ }).click()
  await page.getByRole('textbox', { name: 'Host' }).fill('a b')
  await page.getByRole('button', { name: 'Confirm', exact: true }).click()
  await page.getByRole('button', { name: 'Save profile' }).click()
  await page.getByText('endpoints[0].host: expected a host name, found "a b"').waitFor()
  await counts(page, '1 of 7 confirmed')
})

it('an update changes only what is accepted, and a removal is never accepted with the rest', async () => {
  const page = await open('/profiles/draft?from=files')
  await chooseVendorFiles(page, [{ name: 'install.sh', text: '' }])
  await page.getByRole('button', { name: 'Compare with the profile' }).click()
  await page.getByRole('option', { name: /old-broker/ }).waitFor()
  expect(await page.getByRole('button', { name: 'Change profile' }).isDisabled()).toBe(true)
  await page.getByRole('option', { name: /^Endpoint Changed/ }).click()
  await page.getByRole('row', { name: 'port 8443 443' }).waitFor()
  await page.getByRole('button', { name: 'Accept 2 that are sure' }).click()
  await counts(page, '2 of 4 accepted')
  await page.getByRole('button', { name: 'Change profile' }).click()
  await page.getByLabel(/^YAML of/).waitFor()
  expect(await saved(page)).toEqual(['release:agent', 'logSource:agent'])
})
