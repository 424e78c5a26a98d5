import type { Page } from 'playwright'

const publicKey = 'untrusted comment: minisign public key 9D0E2A61C57B13F4\nRWTzE3vFYSoOnQ'

/** Opens the page of kits. */
export async function openKit(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Hangar' }).getByRole('button', { name: 'Profiles' }).click()
  await page.getByRole('button', { name: 'Install from a kit' }).click()
  await page.getByRole('button', { name: 'Choose kit' }).waitFor()
}

/** Chooses the file of a kit on its page. */
export async function chooseKit(page: Page, name: string): Promise<void> {
  const dialog = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Choose kit' }).click()
  await (await dialog).setFiles([{ name, mimeType: 'application/octet-stream', buffer: Buffer.from('a kit') }])
}

/** Chooses a kit and starts its verification with the key. */
export async function verifyKit(page: Page, name: string, key = publicKey): Promise<void> {
  await chooseKit(page, name)
  await page.getByLabel('Public key of the team').fill(key)
  await page.getByRole('button', { name: 'Verify kit' }).click()
}
