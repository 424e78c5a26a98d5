import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { addresses } from './addresses.ts'
import { windowOfTests } from './openWindow.ts'
import { waitUntilStable } from './viewState.ts'

const openWindow = windowOfTests()
const wide = { width: 1280, height: 800 }
/** The same window at 200 %. */
const zoomed = { width: 640, height: 400 }

/** Texts with a name that does not show its end. */
const namesWithoutEnd = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const marker = '-of-the-private-data-plane'
    const isCut = (element: Element) => element.scrollWidth > element.clientWidth + 1
    const clips = (element: Element) => !getComputedStyle(element).overflowX.match(/visible|auto|scroll/)
    const isShown = (element: Element) => element.clientWidth > 1 && element.clientHeight > 1
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.textContent.includes(marker) && isShown(element) && clips(element) && isCut(element))
      .map((element) => `${element.className}: ${element.textContent.slice(0, 80)}`)
  })

/** Maps, tables and lines of logs scroll in themselves; the page and the panel of a tab do not. */
const tooWide = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('main, [role=tabpanel], [role=dialog]')]
      .filter((part) => part.scrollWidth > part.clientWidth + 1)
      .map((part) => `${part.tagName} ${part.scrollWidth} > ${part.clientWidth}`),
  )

async function violations(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page }).options({ preload: false }).analyze()
  return found.violations
    .filter(({ id, impact }) => impact === 'serious' || impact === 'critical' || id === 'heading-order')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`))
}

it('at 200 % every view needs no horizontal scrolling and axe finds nothing, and names keep their end at any size', async () => {
  const page = await openWindow({ scene: 'long-names', viewport: wide })
  const found: Record<string, unknown> = {}
  for (const { address, shown } of addresses) {
    await page.evaluate((hash) => {
      location.hash = hash
    }, address)
    await page.setViewportSize(wide)
    await page.locator(shown).first().waitFor()
    await waitUntilStable(page)
    const cutWide = await namesWithoutEnd(page)
    await page.setViewportSize(zoomed)
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    const faults = {
      cutWide,
      cut: await namesWithoutEnd(page),
      wide: await tooWide(page),
      axe: await violations(page),
    }
    if (Object.values(faults).some(({ length }) => length > 0)) found[address] = faults
  }
  expect(found).toEqual({})
}, 240_000)
