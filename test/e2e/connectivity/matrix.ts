import type { Locator, Page } from 'playwright'
import type { From } from './faults.ts'

/** One cell of the matrix, as it stands on the screen. */
interface Cell {
  readonly verdict: string
  /** The second line: why it is not well. */
  readonly words: string
}

/** Where the tests check from: the beginning of `data-vantage`. */
const vantages: Readonly<Record<From, string>> = {
  computer: 'computer/',
  pod: 'pod/hangar-plane',
  component: 'component/enforcer',
}

/** By vantage, then by row. */
export type Matrix = Readonly<Record<string, Readonly<Record<string, Cell>>>>

/** Chooses from where to check: these offers by their titles, and no others. */
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
    const cells = await page.locator(`tr[data-endpoint] td[data-vantage^="${key}"]`).evaluateAll((found) =>
      found.map((cell) => ({
        row: cell.closest('tr')?.getAttribute('data-endpoint') ?? '',
        verdict: cell.querySelector('[data-tone]')?.textContent?.trim() ?? '',
        words: cell.querySelector('button > :last-child')?.textContent?.trim() ?? '',
      })),
    )
    matrix[from] = Object.fromEntries(cells.map(({ row, verdict, words }) => [row, { verdict, words }]))
  }
  return matrix
}

/** Problems: vantage, row and words of each cell that neither passed nor was out of scope. */
export function unwell(matrix: Matrix): readonly string[] {
  return Object.entries(matrix)
    .flatMap(([from, rows]) =>
      Object.entries(rows)
        .filter(([, { verdict }]) => verdict !== 'Pass' && verdict !== 'Skipped')
        .map(([row, { verdict, words }]) => `${from} ${row}: ${verdict}, ${words}`),
    )
    .sort()
}

export const passed = (matrix: Matrix, from: From): readonly string[] =>
  Object.entries(matrix[from] ?? {})
    .filter(([, { verdict }]) => verdict === 'Pass')
    .map(([row]) => row)
    .sort()

/** Opens a row at one vantage; what it shows of it. */
export async function openCell(page: Page, row: string, from: From): Promise<Locator> {
  const line = page.locator(`tr[data-endpoint="${row}"]`)
  await line.locator(`td[data-vantage^="${vantages[from]}"]`).getByRole('button').click()
  const details = line.locator('xpath=following-sibling::tr[1]')
  await details.getByRole('button', { name: 'Copy for the network team' }).waitFor()
  return details
}

export async function closeRow(page: Page, row: string): Promise<void> {
  await page.locator(`tr[data-endpoint="${row}"]`).locator('th').getByRole('button', { expanded: true }).click()
}
