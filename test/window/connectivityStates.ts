import type { Page } from 'playwright'
import { planeTab, type ViewState } from './viewState.ts'

/** Waits until the view has loaded its parts. */
const open = async (page: Page) => {
  await planeTab('demo', 'Connectivity')(page)
  await page.getByRole('table', { name: 'Connectivity' }).or(page.getByRole('alert')).first().waitFor()
}
const press = (name: string | RegExp) => async (page: Page) =>
  page.getByRole('button', { name, exact: true }).first().click()

const then =
  (...steps: ((page: Page) => Promise<unknown>)[]) =>
  async (page: Page) => {
    for (const step of steps) await step(page)
  }

/** Connectivity in each of its states. */
export const connectivityStates: readonly ViewState[] = [
  { name: 'connectivity', go: open },
  {
    name: 'connectivity-map',
    go: then(open, (page) => page.getByRole('radiogroup', { name: 'Show connectivity as' }).getByText('Map').click()),
  },
  { name: 'connectivity-never', go: planeTab('payments-eu', 'Connectivity') },
  { name: 'connectivity-row', go: then(open, press('Control plane')) },
  {
    name: 'connectivity-proxy',
    go: then(open, press('Images'), (page) => page.getByText('Proxy settings: ').click()),
  },
  {
    name: 'connectivity-running',
    scene: 'slow',
    go: then(open, press('Check all'), (page) => page.getByText('after TCP').first().waitFor()),
  },
  {
    name: 'connectivity-stopped',
    scene: 'slow',
    go: then(
      open,
      press('Check all'),
      (page) => page.getByText('after TCP').first().waitFor(),
      (page) => page.locator('tr[data-endpoint=telemetry] td[data-vantage^=computer][data-verdict]').waitFor(),
      press('Stop checking'),
      (page) => page.getByText('Run stopped.').waitFor(),
    ),
  },
  { name: 'connectivity-nodes', scene: 'nodes', go: open },
  {
    name: 'connectivity-nodes-row',
    scene: 'nodes',
    go: then(open, press('Event hub')),
  },
  { name: 'connectivity-refused', scene: 'refused', go: open },
  { name: 'connectivity-old', scene: 'old', go: open },
  {
    name: 'connectivity-broken',
    scene: 'broken',
    go: then(open, press('Check all'), (page) => page.getByRole('alert').waitFor()),
  },
  {
    name: 'connectivity-unreadable',
    scene: 'unreadable',
    go: then(open, (page) => page.getByRole('alert').waitFor()),
  },
  {
    name: 'connectivity-vantages',
    go: then(
      open,
      (page) => page.getByRole('button', { name: /^From / }).click(),
      (page) => page.getByRole('checkbox', { name: 'A pod in hangar-plane' }).waitFor(),
    ),
  },
  {
    name: 'connectivity-vantages-refused',
    scene: 'refused',
    go: then(
      open,
      (page) => page.getByRole('button', { name: /^From / }).click(),
      (page) => page.getByRole('checkbox', { name: 'A pod in hangar-plane' }).waitFor(),
    ),
  },
  {
    name: 'connectivity-failing',
    go: then(open, (page) =>
      page
        .getByRole('radiogroup', { name: 'Show by verdict' })
        .getByText(/^Failed/)
        .click(),
    ),
  },
  {
    name: 'connectivity-filtered-away',
    go: then(open, (page) => page.getByRole('textbox', { name: 'Filter rows' }).fill('nowhere')),
  },
  {
    name: 'connectivity-finding',
    go: then(open, (page) =>
      page
        .getByRole('button', { name: /^Show \d+ row/ })
        .first()
        .click(),
    ),
  },
  {
    name: 'connectivity-history',
    go: then(open, press('Earlier runs'), (page) => page.getByRole('table', { name: 'Earlier runs' }).waitFor()),
  },
  {
    name: 'connectivity-history-empty',
    go: then(planeTab('payments-eu', 'Connectivity'), press('Earlier runs'), (page) =>
      page.getByText('No saved runs').waitFor(),
    ),
  },
  {
    name: 'connectivity-old-run',
    go: then(
      open,
      press('Earlier runs'),
      (page) => page.getByRole('button', { name: 'Open run', exact: true }).last().click(),
      (page) => page.getByText('Earlier run:').waitFor(),
    ),
  },
  {
    name: 'connectivity-comparison',
    go: then(open, press('Earlier runs'), press('Compare with latest'), (page) =>
      page.getByRole('list', { name: 'Changes' }).waitFor(),
    ),
  },
  { name: 'connectivity-watched', scene: 'watched', go: open },
  {
    name: 'connectivity-watch',
    go: then(open, press('Watch …'), (page) => page.getByRole('dialog', { name: 'Watch connectivity' }).waitFor()),
  },
  {
    name: 'connectivity-watch-news',
    scene: 'watched',
    go: then(
      open,
      (page) => page.getByRole('region', { name: 'Watch' }).waitFor(),
      planeTab('demo', 'Workloads'),
      (page) => page.evaluate(() => fakeBackend.finishWatchRun()),
      (page) => page.getByText('connectivity changed').waitFor(),
    ),
  },
  {
    name: 'connectivity-export',
    go: then(open, press('Export report'), (page) => page.getByRole('menuitem', { name: 'HTML' }).waitFor()),
  },
  {
    name: 'connectivity-allow-list',
    go: then(open, press('Create allow-list …'), (page) => page.getByText('| component |').waitFor()),
  },
]
