import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { someOf } from '../daily-sample.ts'
import { windowOfTests } from './openWindow.ts'
import { planeTab, type ViewState, waitUntilStable } from './viewState.ts'
import { viewStates } from './viewStates.ts'

const openWindow = windowOfTests()

/** Errors of the page. ERR_NETWORK_CHANGED comes from the machine's network, not from the page. */
function errorsOf(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    const text = message.text()
    if (message.type() === 'error' && !text.includes('ERR_NETWORK_CHANGED')) errors.push(text)
  })
  return errors
}

/** `colours`: only the rules that depend on the colour scheme. */
async function seriousViolations(page: Page, rules: 'all' | 'colours'): Promise<string[]> {
  await waitUntilStable(page)
  // axe would fetch style sheets that are still loading, which the content policy forbids.
  const axe = new AxeBuilder({ page }).options({ preload: false })
  const { violations } = await (rules === 'all'
    ? axe
    : axe.withRules(['color-contrast', 'link-in-text-block'])
  ).analyze()
  return violations
    .filter(({ id, impact }) => impact === 'serious' || impact === 'critical' || id === 'heading-order')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`))
}

const viewOf = ({ name }: ViewState): string => name.split('-')[0] ?? name
/** One state of each view, and a sample of the others. */
const first = viewStates.filter(
  (state, index) => viewStates.findIndex((other) => viewOf(other) === viewOf(state)) === index,
)
const others = viewStates.filter((state) => !first.includes(state))

describe('every view, in each of its states', () => {
  it.each([...first, ...someOf(others, 8)])(
    '$name has no serious axe violation in light and dark, and no console error',
    async (place) => {
      let errors: string[] = []
      const page = await openWindow({
        scene: place.scene,
        colorScheme: 'light',
        prepare(opening) {
          errors = errorsOf(opening)
        },
      })
      await place.go(page)

      expect(await seriousViolations(page, 'all')).toEqual([])
      await page.emulateMedia({ colorScheme: 'dark' })
      await page.locator('html[data-mantine-color-scheme=dark]').waitFor()
      expect(await seriousViolations(page, 'colours')).toEqual([])
      expect(errors).toEqual([])
    },
  )

  it.each(
    viewStates.filter(({ name }) => /^connectivity-(nodes-row|refused|comparison|watched|allow-list)$/.test(name)),
  )('$name needs no horizontal scrolling at 200 % zoom of a 1280 px window', async (place) => {
    const page = await openWindow({ scene: place.scene, viewport: { width: 640, height: 400 } })
    await place.go(page)

    // The panel of a tab scrolls by itself, so it is measured too.
    const tooWide = await page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll('[role=tabpanel]')].some(
        (part) => part.scrollWidth > part.clientWidth,
      ),
    )
    expect(tooWide).toBe(false)
  })
})

describe('text from outside that reorders, hides and colours', () => {
  /** Beside one state of each view and its details: where the user decides about what others wrote. */
  const decided = new Set([
    ...['connect-found', 'wizard-settings-yaml', 'wizard-settings-values', 'wizard-preflight', 'wizard-review'],
    ...['uninstall', 'vendor-review', 'logs-audit'],
  ])
  const usual = viewStates.filter(
    ({ name, scene = 'usual' }) => scene === 'usual' && (/^\w+$|-(row|object|line)$/.test(name) || decided.has(name)),
  )

  it.each(usual)('is shown with marks in $name', async ({ go }) => {
    const page = await openWindow({ scene: 'hostile' })
    await go(page)
    await waitUntilStable(page)

    const hidden = await page.evaluate(() => {
      const hides = /(?!\n|\t|\r)[\p{Cc}\p{Default_Ignorable_Code_Point}]/u
      const found: string[] = []
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
        if (
          node.parentElement?.closest('style, script, textarea, .cm-content') === null &&
          hides.test(node.nodeValue ?? '')
        )
          found.push(node.nodeValue ?? '')
      for (const element of document.body.querySelectorAll('*'))
        for (const name of ['title', 'aria-label', 'placeholder', 'alt', 'data-start', 'data-end'])
          if (hides.test(element.getAttribute(name) ?? '')) found.push(`${name}: ${element.getAttribute(name)}`)
      return found
    })
    expect(hidden).toEqual([])
  })

  it('is copied as comments, of which a shell runs nothing', async () => {
    const page = await openWindow({ scene: 'hostile' })
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await planeTab('demo', 'Connectivity')(page)
    await page.getByRole('button', { name: 'Copy finding' }).first().click()
    await page.getByText('Copied', { exact: true }).waitFor({ state: 'attached' })

    const lines = (await page.evaluate(() => navigator.clipboard.readText())).split('\n')
    expect(lines.length).toBeGreaterThan(4)
    expect(lines.filter((line) => !/^#( |$)/.test(line))).toEqual([])
    expect(lines.join('\n')).toContain('⟨U+202E⟩dorp-toor')
  })

  it('is in the views that this test walks', async () => {
    const page = await openWindow({ scene: 'hostile' })
    for (const tab of ['Connectivity', 'Workloads', 'Logs']) {
      await planeTab('demo', tab)(page)
      await page.getByText('⟨U+202E⟩dorp-toor stag⟨U+200B⟩ing').first().waitFor({ state: 'attached' })
    }
  })
})
