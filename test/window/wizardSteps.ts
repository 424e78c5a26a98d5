import type { Locator, Page } from 'playwright'

export const secret = 'canary-7f3a9c-in-a-credential'

/** From the list of contexts to the step of the settings. `connect` does what a context needs besides being selected. */
export async function createDraft(
  page: Page,
  context = 'bed-1',
  connect: (page: Page) => Promise<void> = async () => undefined,
): Promise<void> {
  await page.getByRole('button', { name: 'Install a plane' }).first().click()
  await page.getByRole('option', { name: new RegExp(context) }).click()
  await connect(page)
  await page.getByText(`${context} is reachable`).waitFor()
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('radio', { name: /Demo plane/ }).click()
  await page.getByRole('radio', { name: /Self-managed/ }).click()
  await page.getByRole('button', { name: 'Next' }).click()
}

/** From the settings to the plan. */
export async function reviewPlan(page: Page): Promise<Locator> {
  await page.getByLabel('Host').fill('cp.mine.example')
  for (const name of ['Certificate (PEM)', 'Private key (PEM)', 'Token']) {
    await page.getByRole('textbox', { name, exact: true }).fill(secret)
  }
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByText(/^Checked /).waitFor()
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('table', { name: 'Connectivity' }).waitFor()
  await page.getByRole('button', { name: 'Next' }).click()
  const plan = page.getByRole('list', { name: 'Plan steps' })
  await plan.waitFor()
  return plan
}

/** From the settings to the end of the installation. */
export async function install(page: Page): Promise<void> {
  const plan = await reviewPlan(page)
  await plan.getByText('1 difference from the cluster').waitFor()
  await plan.getByText('Set by kubectl (scale)').waitFor()
  await plan.getByText('The values are not shown').waitFor()
  await page.getByRole('button', { name: 'Install plane' }).click()
  await page.getByText('Waiting for Deployment').first().waitFor()
  await page.getByText('All steps completed.').waitFor()
}
