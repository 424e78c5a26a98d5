import type { Locator, Page } from 'playwright'
import type { VantageKind } from './faults.ts'

/** The text of one cell of the matrix. */
interface Cell {
  readonly verdict: string
  /** The second line: the title of the cause. */
  readonly label: string
}

/** The vantages of these tests, as prefixes of `data-vantage`. */
const vantages: Readonly<Record<VantageKind, string>> = {
  computer: 'computer/',
  pod: 'pod/hangar-plane',
  component: 'component/enforcer',
}

/** By vantage, then by row. */
export type Matrix = Readonly<Record<string, Readonly<Record<string, Cell>>>>

/** Selects the vantages with these titles, and no others. */
export async function chooseVantages(page: Page, titles: readonly string[]): Promise<void> {
  await page.locator('button[aria-haspopup="dialog"]', { hasText: /^From/ }).click()
  const dialog = page.getByRole('group', { name: 'Check from' })
  for (const title of titles) await dialog.getByRole('checkbox', { name: title, exact: true }).check()
  const chosen = await dialog
    .locator('input:checked')
    .evaluateAll((boxes) =>
      boxes.map((box) => (box instanceof HTMLInputElement ? (box.labels?.[0]?.textContent ?? '') : '')),
    )
  for (const title of chosen.filter((each) => !titles.includes(each)))
    await dialog.getByRole('checkbox', { name: title, exact: true }).uncheck()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
}

const checkLimitMs = 90_000

/** Checks the whole table from all chosen vantages. */
export async function checkTable(page: Page): Promise<Matrix> {
  await page.getByRole('button', { name: 'Check all' }).click()
  await page.getByRole('button', { name: 'Check all' }).waitFor({ timeout: checkLimitMs })
  return readMatrix(page)
}

async function readMatrix(page: Page): Promise<Matrix> {
  const matrix: Record<string, Record<string, Cell>> = {}
  for (const [from, key] of Object.entries(vantages)) {
    const cells = await page.locator(`tr[data-endpoint] td[data-vantage^="${key}"]`).evaluateAll((elements) =>
      elements.map((cell) => ({
        row: cell.closest('tr')?.getAttribute('data-endpoint') ?? '',
        verdict: cell.querySelector('[data-tone]')?.textContent?.trim() ?? '',
        label: cell.querySelector('button > :last-child')?.textContent?.trim() ?? '',
      })),
    )
    matrix[from] = Object.fromEntries(cells.map(({ row, verdict, label }) => [row, { verdict, label }]))
  }
  return matrix
}

/** Vantage, endpoint, verdict and cause of each cell that neither passed nor was skipped. */
export function problems(matrix: Matrix): readonly string[] {
  return Object.entries(matrix)
    .flatMap(([from, rows]) =>
      Object.entries(rows)
        .filter(([, { verdict }]) => verdict !== 'Pass' && verdict !== 'Skipped')
        .map(([row, { verdict, label }]) => `${from} ${row}: ${verdict}, ${label}`),
    )
    .sort()
}

export const passed = (matrix: Matrix, from: VantageKind): readonly string[] =>
  Object.entries(matrix[from] ?? {})
    .filter(([, { verdict }]) => verdict === 'Pass')
    .map(([row]) => row)
    .sort()

/** Expands a row at one vantage. Resolves with its details. */
export async function openCell(page: Page, row: string, from: VantageKind): Promise<Locator> {
  const line = page.locator(`tr[data-endpoint="${row}"]`)
  await line.locator(`td[data-vantage^="${vantages[from]}"]`).getByRole('button').click()
  const details = line.locator('xpath=following-sibling::tr[1]')
  await details.getByRole('button', { name: 'Copy for the network team' }).waitFor()
  return details
}

export async function closeRow(page: Page, row: string): Promise<void> {
  await page.locator(`tr[data-endpoint="${row}"]`).locator('th').getByRole('button', { expanded: true }).click()
}
