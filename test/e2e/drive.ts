import { join } from 'node:path'
import type { Locator, Page } from 'playwright'
import type { DemoEnvironment } from '../demo/demo-environment.ts'

/** Drives the window by roles and names, as a user does. Each wait has its own limit. */
const navigation = (page: Page): Locator => page.getByRole('navigation', { name: 'Hangar' })

export async function openTab(page: Page, plane: string, tab: string): Promise<void> {
  // The name of the button also has what is wrong with the plane.
  await navigation(page)
    .getByRole('button', { name: new RegExp(`^${plane}\\b`) })
    .click()
    .catch(async (error: unknown) => {
      const shown = await page.locator('body').textContent()
      throw new Error(`The window does not offer the plane ${plane}; it shows: ${shown}`, { cause: error })
    })
  await page.getByRole('tab', { name: tab }).click()
}

const next = (page: Page): Promise<void> => page.getByRole('button', { name: 'Next', exact: true }).click()

/** From an empty Hangar to the preflight checks of the wizard, with each field filled in as a user does. */
export async function describePlane(
  page: Page,
  demo: DemoEnvironment,
  onView: (view: string) => Promise<void> = async () => undefined,
): Promise<void> {
  await page.getByRole('button', { name: 'Install a plane' }).first().click()

  await page.getByRole('option', { name: new RegExp(demo.bed.name) }).click()
  await page.getByText('is reachable').waitFor({ timeout: 15_000 })
  await onView('wizard-cluster')
  await next(page)

  await page.getByRole('radio', { name: /Demo plane/ }).check()
  await page.getByRole('radio', { name: 'Managed by you' }).check()
  await onView('wizard-profile')
  await next(page)

  await fillSettings(page, demo)
  await onView('wizard-settings')
  for (const [credential, keys] of Object.entries(demo.credentials)) {
    for (const [key, value] of Object.entries(keys)) await page.locator(`[name="${credential} ${key}"]`).fill(value)
  }
  await next(page)
  await page.getByRole('heading', { name: 'Preflight checks' }).waitFor()
}

async function fillSettings(page: Page, { values }: DemoEnvironment): Promise<void> {
  await page.locator('#setting_controlPlane_host').waitFor({ timeout: 15_000 })
  for (const [name, value] of Object.entries(values.settings)) {
    const fields =
      typeof value === 'object' && value !== null
        ? Object.entries(value).map(([key, each]) => [`${name}_${key}`, each] as const)
        : [[name, value] as const]
    for (const [id, text] of fields) await page.locator(`#setting_${id}`).fill(String(text))
  }
}

/** From the preflight checks to the end of the installation. */
export async function installPlane(
  page: Page,
  onView: (view: string) => Promise<void> = async () => undefined,
): Promise<void> {
  await page.getByRole('button', { name: 'Next', exact: true, disabled: false }).click({ timeout: 60_000 })
  await page.getByRole('table', { name: 'Connectivity' }).waitFor()
  await next(page)
  await page.getByRole('list', { name: 'Plan steps' }).waitFor({ timeout: 60_000 })
  await onView('wizard-review')
  await page.getByRole('button', { name: 'Install plane' }).click({ timeout: 60_000 })
  await page
    .getByText(/updated replicas available|replicas created|not created yet/)
    .first()
    .waitFor({ timeout: 120_000 })
  await onView('wizard-install')
  await page.getByText('All steps completed.').waitFor({ timeout: 400_000 })
  await next(page)
  await page.getByRole('heading', { name: 'Plane installed' }).waitFor()
}

/** The verdicts that the matrix shows, by endpoint. */
export async function verdicts(page: Page): Promise<Record<string, string>> {
  return page
    .locator('tr[data-endpoint]')
    .evaluateAll((rows) =>
      Object.fromEntries(
        rows.map((row) => [
          row.getAttribute('data-endpoint') ?? '',
          row.querySelector('td[data-vantage] [data-tone]')?.textContent?.trim() ?? '',
        ]),
      ),
    )
}

export async function checkAll(page: Page): Promise<Record<string, string>> {
  await page.getByRole('button', { name: 'Check all' }).click()
  await page.getByRole('button', { name: 'Stop checking' }).waitFor({ state: 'hidden', timeout: 60_000 })
  await page.getByText('Last checked').waitFor({ timeout: 60_000 })
  return verdicts(page)
}

/** The item of the workloads tree whose name matches. */
export const workload = (page: Page, name: RegExp): Locator => page.getByRole('treeitem', { name })

const images = join(import.meta.dirname, '..', '..', 'docs', 'guide', 'images')

/** Screenshots of the view for the guide, in the light and the dark theme. */
export async function takeScreenshots(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // A colour in transition belongs to neither theme; transitions begin with the next frame.
    await page.evaluate(async () => {
      for (const _frame of [1, 2]) await new Promise((resolve) => requestAnimationFrame(resolve))
      await Promise.allSettled(
        document
          .getAnimations()
          .filter((each) => each instanceof CSSTransition)
          .map(({ finished }) => finished),
      )
    })
    await page.screenshot({ path: join(images, `${name}-${colorScheme}.png`) })
  }
  await page.emulateMedia({ colorScheme: 'light' })
}
