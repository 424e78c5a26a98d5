import type { Page } from 'playwright'

/** A view in one of its states: the scene of the fake backend, and the steps to open the view. */
export interface ViewState {
  readonly name: string
  readonly scene?: string
  go(page: Page): Promise<void>
}

const tab = (name: string) => async (page: Page) => {
  await page.getByRole('tab', { name, exact: true }).click()
}

export const planeTab = (plane: string, name: string) => async (page: Page) => {
  await page.getByRole('navigation', { name: 'Hangar' }).getByRole('button', { name: plane }).click()
  await tab(name)(page)
}

/** The installation of a plane, at the step where it stands. */
export const planeWizard = (plane: string) => async (page: Page) => {
  await page.getByRole('navigation', { name: 'Hangar' }).getByRole('button', { name: plane }).click()
  await page.getByRole('button', { name: 'Installation', exact: true }).click()
}

/** Waits until the view has loaded and animations have ended. */
export async function waitUntilStable(page: Page): Promise<void> {
  await page.getByRole('status').filter({ hasText: 'Loading the view' }).waitFor({ state: 'detached' })
  await page.evaluate(async () => {
    const finite = document
      .getAnimations()
      .filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(finite.map(({ finished }) => finished))
  })
}
