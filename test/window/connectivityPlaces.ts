import type { Page } from 'playwright'
import { type Place, planeTab } from './place.ts'

/** Also its small parts are there: the view comes in pieces. */
const open = async (page: Page) => {
  await planeTab('demo', 'Connectivity')(page)
  await page.getByRole('table', { name: 'Connectivity' }).or(page.getByRole('alert')).first().waitFor()
}
const press = (name: string | RegExp) => async (page: Page) => page.getByRole('button', { name, exact: true }).click()

const then =
  (...ways: ((page: Page) => Promise<unknown>)[]) =>
  async (page: Page) => {
    for (const way of ways) await way(page)
  }

/** Connectivity in each of its states. */
export const connectivityPlaces: readonly Place[] = [
  { name: 'connectivity', go: open },
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
      (page) => page.getByText('Stopped before its end').waitFor(),
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
        .getByText(/Failing/)
        .click(),
    ),
  },
  {
    name: 'connectivity-filtered-away',
    go: then(open, (page) => page.getByRole('searchbox', { name: 'Filter connections' }).fill('nowhere')),
  },
  {
    name: 'connectivity-finding',
    go: then(open, (page) =>
      page
        .getByRole('button', { name: /Show its/ })
        .first()
        .click(),
    ),
  },
  {
    name: 'connectivity-history',
    go: then(open, press('Earlier checks'), (page) => page.getByRole('table', { name: 'Earlier checks' }).waitFor()),
  },
  {
    name: 'connectivity-history-empty',
    go: then(planeTab('payments-eu', 'Connectivity'), press('Earlier checks'), (page) =>
      page.getByText('No check is kept yet').waitFor(),
    ),
  },
  {
    name: 'connectivity-old-run',
    go: then(
      open,
      press('Earlier checks'),
      (page) => page.getByRole('button', { name: 'Open', exact: true }).last().click(),
      (page) => page.getByText('A check of the past').waitFor(),
    ),
  },
  {
    name: 'connectivity-comparison',
    go: then(open, press('Earlier checks'), press('Compare with the newest'), (page) =>
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
      (page) => page.evaluate(() => farSide.turn()),
      (page) => page.getByText('connectivity changed').waitFor(),
    ),
  },
  {
    name: 'connectivity-export',
    go: then(open, press('Export'), (page) => page.getByRole('menuitem', { name: 'HTML' }).waitFor()),
  },
  {
    name: 'connectivity-allow-list',
    go: then(open, press('Allow-list …'), (page) => page.getByText('| component |').waitFor()),
  },
]
