import type { Page } from 'playwright'

export interface TestFile {
  readonly name: string
  readonly text: string
}

/** Opens the page for the vendor's files, unless it is open, and chooses these. */
export async function chooseVendorFiles(page: Page, files: readonly TestFile[]): Promise<void> {
  const choose = page.getByRole('button', { name: 'Choose files' })
  const open = page.getByRole('button', { name: 'Create from vendor’s files' })
  await choose.or(open).waitFor()
  if (await open.isVisible()) await open.click()
  const dialog = page.waitForEvent('filechooser')
  await choose.click()
  await (await dialog).setFiles(
    files.map(({ name, text }) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(text) })),
  )
}

/** Opens the page for the vendor's files, and chooses a cluster whose releases are read. */
export async function chooseDraftCluster(page: Page, context: RegExp): Promise<void> {
  await page.getByRole('button', { name: 'Create from vendor’s files' }).click()
  await page.getByRole('button', { name: 'From a cluster' }).click()
  await page.getByRole('listbox', { name: 'Contexts' }).getByRole('option', { name: context }).click()
}

/** A draft of the fake backend, in the review. */
export async function proposeProfile(page: Page, files: readonly TestFile[] = [{ name: 'install.sh', text: '' }]) {
  await chooseVendorFiles(page, files)
  await page.getByRole('button', { name: 'Propose a profile' }).click()
  await page.getByRole('listbox', { name: 'Proposals' }).waitFor()
}
