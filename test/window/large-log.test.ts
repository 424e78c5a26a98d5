import { once } from 'node:events'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cacheRoot } from '../../scripts/build-programs.ts'
import { hangar } from '../demo/hangar.ts'
import { type Serving, startServing } from '../e2e/serving.ts'
import { unreachableCluster } from '../terminal/sandbox.ts'
import { chromiumProgram, launchChromium } from './chromium.ts'
import { loadPage } from './loadPage.ts'
import { waitUntilStable } from './viewState.ts'

const isLong = process.env.HANGAR_LONG === '1'
const lineCount = isLong ? 30_000_000 : 2_000_000
const startMs = Date.UTC(2026, 2, 14)
const passphrase = 'passphrase of a large log 17'
/** Of the window: what is not loaded stays in the store. */
const pageLines = 200
const reason = existsSync(chromiumProgram()) ? '' : '(chromium is needed)'
const setUpLimitMs = isLong ? 900_000 : 300_000

const order = (index: number): string => `order ${String(index).padStart(8, '0')} accepted`
const line = (index: number): string =>
  `time=${new Date(startMs + index * 100).toISOString()} level=${index % 100 === 0 ? 'ERROR' : 'INFO'} module=acme/orders message="${order(index)}"\n`

/** A store of the same lines each time, in a state folder with one plane whose cluster cannot be reached. */
class LargeLog {
  readonly #folder: string
  readonly #environment: Readonly<Record<string, string | undefined>>
  readonly #passphraseFile: string
  readonly #kubeconfig: string

  private constructor(folder: string) {
    this.#folder = folder
    this.#passphraseFile = join(folder, 'passphrase')
    this.#kubeconfig = join(folder, 'kubeconfig')
    this.#environment = {
      HOME: join(folder, 'home'),
      HANGAR_HOME: join(folder, 'state'),
      HANGAR_CACHE: cacheRoot(),
      KUBECONFIG: this.#kubeconfig,
      DBUS_SESSION_BUS_ADDRESS: 'disabled:',
      XDG_DATA_HOME: undefined,
      XDG_CACHE_HOME: undefined,
      XDG_CONFIG_HOME: undefined,
    }
  }

  static async create(): Promise<LargeLog> {
    const log = new LargeLog(await mkdtemp(join(tmpdir(), 'hangar-large-log-')))
    await mkdir(join(log.#folder, 'home'))
    await writeFile(log.#passphraseFile, passphrase, { mode: 0o600 })
    await writeFile(log.#kubeconfig, JSON.stringify(unreachableCluster))
    // It fails without a cluster, but creates the plane first.
    await hangar(['plan', '--profile', 'devant', '--passphrase-file', log.#passphraseFile], log.#environment)
    return log
  }

  async import(first: number, end: number): Promise<void> {
    const file = join(this.#folder, 'orders.log')
    const written = createWriteStream(file)
    for (let from = first; from < end; from += 5_000) {
      const chunk = Array.from({ length: Math.min(5_000, end - from) }, (_, index) => line(from + index)).join('')
      if (!written.write(chunk)) await once(written, 'drain')
    }
    written.end()
    await once(written, 'close')
    const args = ['logs', 'import', file, '--source', 'orders', '--passphrase-file', this.#passphraseFile]
    const { code, stderr } = await hangar(args, this.#environment)
    await rm(file)
    expect(code, stderr).toBe(0)
  }

  serve(): Promise<Serving> {
    return startServing(this.#environment)
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}

const results = (page: Page) => page.getByRole('listbox', { name: 'Log lines' })
const rows = (page: Page) => results(page).getByRole('option')
const searchBox = (page: Page) => page.getByRole('textbox', { name: 'Search logs' })

/** Places and texts of the rows that are drawn. */
const drawn = (page: Page): Promise<{ place: number; text: string }[]> =>
  rows(page).evaluateAll((options) =>
    options.map((option) => ({ place: Number(option.getAttribute('aria-posinset')), text: option.textContent ?? '' })),
  )

/** Those in view, the first one first. */
const inView = (page: Page): Promise<{ place: number; text: string }[]> =>
  results(page).evaluate((list) => {
    const { top, bottom } = list.getBoundingClientRect()
    return [...list.querySelectorAll('[role=option]')]
      .filter((row) => row.getBoundingClientRect().bottom > top + 1 && row.getBoundingClientRect().top < bottom - 1)
      .map((row) => ({ place: Number(row.getAttribute('aria-posinset')), text: row.textContent ?? '' }))
      .sort((a, b) => a.place - b.place)
  })

/** Those in view once all of them are loaded. */
async function filledView(page: Page): Promise<{ place: number; text: string }[]> {
  const isFilled = (): Promise<boolean> =>
    results(page).evaluate((list) => {
      const { top, bottom } = list.getBoundingClientRect()
      const covered = [...list.querySelectorAll('[role=option]')].reduce((sum, row) => {
        const box = row.getBoundingClientRect()
        return sum + Math.max(0, Math.min(box.bottom, bottom) - Math.max(box.top, top))
      }, 0)
      return covered >= list.clientHeight - 4
    })
  await expect.poll(isFilled, { timeout: 30_000 }).toBe(true)
  return inView(page)
}

const setSize = async (page: Page): Promise<number> => Number(await rows(page).first().getAttribute('aria-setsize'))

/** As the thumb of the scrollbar does. */
const dragTo = (page: Page, share: number): Promise<void> =>
  results(page).evaluate((list, part) => list.scrollTo({ top: part * (list.scrollHeight - list.clientHeight) }), share)

/** Scrolls as fast as frames come. Returns how long each frame took, in ms. */
async function scrollFrames(page: Page, frames: number, px = 240): Promise<number[]> {
  return results(page).evaluate(
    async (list, [count, by]) => {
      const times: number[] = []
      const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve))
      let before = await nextFrame()
      for (let frame = 0; frame < count; frame += 1) {
        list.scrollTop += by
        const now = await nextFrame()
        times.push(now - before)
        before = now
      }
      return times
    },
    [frames, px] as const,
  )
}

/** Texts by place of at least so many lines that were drawn while it was scrolled. */
async function scrolledOver(page: Page, lines: number, px: number) {
  const seen = new Map<number, string>()
  const frames: number[] = []
  while (seen.size < lines) {
    await filledView(page)
    for (const { place, text } of await drawn(page)) {
      if (seen.has(place)) expect(text).toBe(seen.get(place))
      seen.set(place, text)
    }
    frames.push(...(await scrollFrames(page, 4, px)))
  }
  return { seen, frames }
}

/** Of a list that is newest first: each line is at its place, and no place from the first one on is left out. */
function expectEachPlaceOnce(seen: ReadonlyMap<number, string>, first: number): void {
  const places = [...seen.keys()].sort((a, b) => a - b)
  expect(places).toEqual(Array.from({ length: places.length }, (_, index) => first + index))
  for (const [place, text] of seen) expect(text).toContain(order(lineCount - place))
}

describe.skipIf(reason !== '')(`the log view on a store of ${lineCount} lines ${reason}`, { timeout: 120_000 }, () => {
  let log: LargeLog
  let serving: Serving
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    log = await LargeLog.create()
    await log.import(0, lineCount)
    ;[serving, browser] = await Promise.all([log.serve(), launchChromium()])
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    page = await context.newPage()
    page.setDefaultTimeout(60_000)
    await loadPage(page, serving.address)
    await page.locator('button', { hasText: 'Unlock vault' }).dispatchEvent('click')
    await page.locator('input[name=passphrase]').fill(passphrase)
    await page.getByRole('dialog').getByRole('button', { name: 'Unlock vault' }).click()
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await page
      .getByRole('navigation', { name: 'Hangar' })
      .getByRole('button', { name: /^devant/ })
      .click()
    await page.getByRole('tab', { name: 'Logs', exact: true }).click()
    await rows(page).first().waitFor()
  }, setUpLimitMs)

  afterAll(async () => {
    await browser?.close()
    await serving?.stop()
    await log?.remove()
  }, 60_000)

  it('shows the exact number of stored lines, and the newest one first', async () => {
    await page.getByText(`${lineCount.toLocaleString('en')} lines,`).waitFor()
    expect(await rows(page).first().textContent()).toContain(order(lineCount - 1))
  })

  it('draws each line at its place while pages are loaded by scrolling, without leaving one out', async () => {
    const { seen, frames } = await scrolledOver(page, 5 * pageLines, 240)
    expectEachPlaceOnce(seen, 1)
    frames.sort((a, b) => a - b)
    const [median, last] = [frames[frames.length >> 1], frames.at(-1)]
    console.log(
      `${frames.length} frames while scrolling: median ${median?.toFixed(1)} ms, longest ${last?.toFixed(1)} ms`,
    )
  })

  it('has an exact place for each line wherever the scrollbar is dragged, also beyond what a browser can draw', async () => {
    const box = await results(page).evaluate(({ scrollHeight, clientHeight }) => ({ scrollHeight, clientHeight }))
    expect(box.scrollHeight).toBeLessThan(16_777_214)
    for (const share of [0.5, 1, 0.25, 0.9, 0]) {
      await dragTo(page, share)
      const wanted = Math.round(share * (lineCount - box.clientHeight / 24)) + 1
      await expect
        .poll(async () => Math.abs(((await inView(page))[0]?.place ?? -lineCount) - wanted))
        .toBeLessThan(lineCount / 1_000)
      const lines = await filledView(page)
      expectEachPlaceOnce(new Map(lines.map(({ place, text }) => [place, text])), lines[0]?.place ?? 0)
      expect(await setSize(page)).toBe(lineCount)
    }
  })

  it('draws no line twice and leaves none out while it is scrolled from the middle, in both directions', async () => {
    await dragTo(page, 0.5)
    await expect.poll(async () => (await inView(page))[0]?.place ?? 0).toBeGreaterThan(lineCount / 3)
    const start = (await filledView(page))[0]?.place ?? 0
    const down = await scrolledOver(page, 3 * pageLines, 240)
    expectEachPlaceOnce(down.seen, Math.min(...down.seen.keys()))
    expect(Math.max(...down.seen.keys())).toBeGreaterThan(start + 2 * pageLines)
    const up = await scrolledOver(page, 6 * pageLines, -240)
    expectEachPlaceOnce(up.seen, Math.min(...up.seen.keys()))
    expect(Math.min(...up.seen.keys())).toBeLessThan(start - pageLines)
  })

  it('goes to the first and the last line of all by key', async () => {
    const selected = results(page).getByRole('option', { selected: true })
    await results(page).focus()
    await page.keyboard.press('End')
    await selected.filter({ hasText: order(0) }).waitFor()
    expect(await selected.getAttribute('aria-posinset')).toBe(String(lineCount))
    await page.keyboard.press('ArrowUp')
    await selected.filter({ hasText: order(1) }).waitFor()
    await page.keyboard.press('Home')
    await selected.filter({ hasText: order(lineCount - 1) }).waitFor()
    await page.keyboard.press('ArrowDown')
    await selected.filter({ hasText: order(lineCount - 2) }).waitFor()
    await page.keyboard.press('e')
    await selected.filter({ hasText: 'ERROR' }).waitFor()
    await page.keyboard.press('Escape')
  })

  it('scrolls to a time in the whole list, in both orders and with wrapped lines', async () => {
    const wanted = Math.floor(lineCount / 3)
    const time = page.getByRole('textbox', { name: 'Go to time' })
    await time.fill(new Date(startMs + wanted * 100).toISOString())
    await time.press('Enter')
    await expect.poll(async () => (await inView(page))[0]?.text).toContain(order(wanted))
    expect((await inView(page))[0]?.place).toBe(lineCount - wanted)
    expect(await setSize(page)).toBe(lineCount)

    await page.getByRole('button', { name: 'Order: Newest first' }).click()
    await expect.poll(async () => (await inView(page))[0]?.text).toContain(order(wanted))
    expect((await inView(page))[0]?.place).toBe(wanted + 1)
    await page.getByRole('switch', { name: 'Wrap' }).press('Space')
    const { seen } = await scrolledOver(page, 2 * pageLines, 240)
    for (const [place, text] of seen) expect(text).toContain(order(place - 1))
    await page.getByRole('switch', { name: 'Wrap' }).press('Space')

    await page.getByRole('button', { name: 'Order: Oldest first' }).click()
    await page.getByRole('button', { name: /^Leave/ }).click()
    await rows(page)
      .first()
      .filter({ hasText: order(lineCount - 1) })
      .waitFor()
  })

  it('counts the lines of a text while they are searched, and has their places too', async () => {
    const every = lineCount / 100
    await searchBox(page).fill('level:error')
    await page.getByText(`${every.toLocaleString('en')} lines match`).waitFor()
    await dragTo(page, 0.5)
    await expect.poll(async () => (await inView(page))[0]?.place ?? 0).toBeGreaterThan(every / 3)
    for (const { place, text } of await inView(page)) expect(text).toContain(order(lineCount - place * 100))
    await results(page).focus()
    await page.keyboard.press('End')
    await results(page)
      .getByRole('option', { selected: true })
      .filter({ hasText: order(0) })
      .waitFor()
    await page.keyboard.press('Escape')
    await searchBox(page).fill('')
    await rows(page)
      .first()
      .filter({ hasText: order(lineCount - 1) })
      .waitFor()
  })

  it('finds one line of all, and the newest ones of a level', async () => {
    const wanted = Math.floor(lineCount / 3)
    await searchBox(page).fill(order(wanted))
    await page.getByText('1 line matches').waitFor()
    expect(await rows(page).allTextContents()).toEqual([expect.stringContaining(order(wanted))])
    await searchBox(page).fill('level:error')
    await rows(page).first().filter({ hasText: 'ERROR' }).waitFor()
    expect(await rows(page).first().textContent()).toContain(order(lineCount - 100))
    await searchBox(page).fill('')
    await rows(page)
      .first()
      .filter({ hasText: order(lineCount - 1) })
      .waitFor()
  })

  it('has no serious axe violation', async () => {
    await waitUntilStable(page)
    const { violations } = await new AxeBuilder({ page }).options({ preload: false }).analyze()
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
  })

  it(
    'follows lines that another process stores, and leaves a reader below where they are',
    async () => {
      await log.import(lineCount, lineCount + 100)
      await rows(page)
        .first()
        .filter({ hasText: order(lineCount + 99) })
        .waitFor()
      await page.getByText(`${(lineCount + 100).toLocaleString('en')} lines,`).waitFor()

      await scrollFrames(page, 4)
      const before = await drawn(page)
      await log.import(lineCount + 100, lineCount + 107)
      await page.getByRole('button', { name: '7 new lines' }).waitFor()
      expect((await drawn(page)).map(({ text }) => text)).toEqual(before.map(({ text }) => text))
      await page.getByRole('button', { name: '7 new lines' }).click()
      await rows(page)
        .first()
        .filter({ hasText: order(lineCount + 106) })
        .waitFor()
    },
    setUpLimitMs,
  )
})
