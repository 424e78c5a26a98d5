import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { launchChromium } from '../window/chromium.ts'
import { loadPage } from '../window/loadPage.ts'
import { buildWindow, serveFolder } from '../window/serve.ts'
import { type Benchmark, BenchProblem, percentile95, type Row } from './benchmark.ts'

const rounds = 12
const runs = 3
const plane = 'demo'
const subject = 'Hangar'

interface Switch {
  readonly to: string
  /** What is clicked, and what is there once the view can be used: selectors of CSS. */
  readonly click: string
  readonly usable: string
}

const tab = (name: string) => `[role=tab]:nth-of-type(${tabs.indexOf(name) + 1})`
const tabs = ['Overview', 'Connectivity', 'Workloads', 'Logs', 'Activity', 'About']
const navigation = 'nav[aria-label="Hangar"]'

const switches: readonly Switch[] = [
  { to: 'Overview', click: `${navigation} [data-row][title^="${plane}:"]`, usable: `[aria-label="Map of ${plane}"]` },
  { to: 'Connectivity', click: tab('Connectivity'), usable: 'main [data-endpoint]' },
  { to: 'Workloads', click: tab('Workloads'), usable: 'main [role=treeitem]' },
  { to: 'Logs', click: tab('Logs'), usable: 'main [role=option]' },
  { to: 'Activity', click: tab('Activity'), usable: 'main [data-entry]' },
  { to: 'About', click: tab('About'), usable: 'main [role=tabpanel] dl' },
  {
    to: 'Home',
    click: `${navigation} button[aria-label="Hangar"]`,
    usable: 'main [aria-label="List of planes"] [data-row]',
  },
]

/**
 * Question: how long does a switch between views take, and does a check that streams hold up the window?
 * Conditions: the window as it is built for release, with the fake backend of its tests: 100 planes, one of them with
 * 3,000 pods that change four times a second, and 30 endpoints from 3 vantages. A switch ends with the first frame that
 * shows data of the view; a frame is the time between two animation frames.
 * Bias: against Hangar: the fake backend runs in the thread of the page. The other subjects are lower bounds: a page
 * that shows an empty element, and the same view while nothing is checked.
 */
export const windowBench: Benchmark = {
  name: 'window',
  question: 'How long does a switch between views take, and the longest frame while a check streams?',
  async run(signal) {
    const folder = await mkdtemp(join(tmpdir(), 'hangar-bench-window-'))
    await buildWindow(folder)
    const [server, browser] = await Promise.all([serveFolder(folder), launchChromium()])
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
      await loadPage(page, `${server.origin}/?scene=large`)
      const times = new Map<string, number[]>()
      for (let round = 0; round <= rounds; round += 1) {
        signal.throwIfAborted()
        for (const each of switches) {
          const ms = await switchMs(page, each)
          // The first round loads the views.
          if (round > 0) times.set(each.to, [...(times.get(each.to) ?? []), ms])
        }
      }
      const bare = await browser.newPage()
      await bare.goto('about:blank')
      await bare.setContent('<button></button><main></main>')
      const bareTimes = await bareSwitches(bare, rounds * switches.length)
      await bare.close()

      await switchMs(page, pick('Overview'))
      await switchMs(page, pick('Connectivity'))
      const idleMs = await longestFrame(page, 'idle')
      const frames: number[] = []
      for (let run = 0; run < runs; run += 1) {
        signal.throwIfAborted()
        frames.push(await longestFrame(page, 'check'))
      }
      const switching = 'switch of the view, 95th percentile'
      const frame = 'longest frame while 30 × 3 connections are checked'
      return [
        { metric: switching, subject, unit: 'ms', value: percentile95([...times.values()].flat()), goal: 100 },
        ...[...times].map(([to, ms]) => ({ metric: `to ${to}`, subject, unit: 'ms', value: percentile95(ms) })),
        { metric: switching, subject: 'empty page', unit: 'ms', value: percentile95(bareTimes) },
        { metric: frame, subject, unit: 'ms', value: Math.max(...frames), goal: 50 },
        { metric: 'longest frame while nothing is checked', subject, unit: 'ms', value: idleMs },
      ] satisfies Row[]
    } finally {
      await browser.close()
      server.close()
      await rm(folder, { recursive: true, force: true })
    }
  },
}

function pick(to: string): Switch {
  const found = switches.find((each) => each.to === to)
  if (found === undefined) throw new BenchProblem(`There is no view ${to}.`, '')
  return found
}

// Expressions, since this file is checked with the types of Node.
const frame = 'new Promise((resolve) => requestAnimationFrame(resolve))'
/** The task after a frame: it was painted. */
const painted = 'new Promise((resolve) => setTimeout(resolve))'

/** Milliseconds from the click until the first frame with data of the view. */
const switchMs = (page: Page, { to, click, usable }: Switch): Promise<number> =>
  page
    .evaluate<number>(`(async () => {
      const target = document.querySelector(${JSON.stringify(click)})
      if (target === null) throw new Error('There is nothing to click.')
      const startedMs = performance.now()
      target.click()
      do {
        if (performance.now() - startedMs > 10_000) throw new Error('No data was shown within 10 s.')
        await ${frame}
      } while (document.querySelector(${JSON.stringify(usable)}) === null)
      await ${painted}
      return performance.now() - startedMs
    })()`)
    .catch((error: unknown) => {
      throw new BenchProblem(`The window did not switch to ${to}.`, String(error))
    })

/** The same measure for a page with two empty elements. */
const bareSwitches = (page: Page, count: number): Promise<number[]> =>
  page.evaluate<number[]>(`(async () => {
    const [button, main] = [document.querySelector('button'), document.querySelector('main')]
    button.onclick = () => main.replaceChildren(document.createElement('p'))
    const measured = []
    while (measured.length < ${count}) {
      const startedMs = performance.now()
      button.click()
      await ${frame}
      await ${painted}
      measured.push(performance.now() - startedMs)
    }
    return measured
  })()`)

/** The longest time between two animation frames, in ms: of a whole check, or of two seconds without one. */
const longestFrame = (page: Page, during: 'check' | 'idle'): Promise<number> =>
  page.evaluate<number>(`(async () => {
    const button = (name) => [...document.querySelectorAll('main button')].find(({ textContent }) => textContent === name)
    const startedMs = performance.now()
    if (${during === 'check'}) button('Check all').click()
    const goesOn = () =>
      ${during === 'idle' ? 'performance.now() - startedMs < 2_000' : "button('Stop checking') !== undefined"}
    let [longestMs, lastMs] = [0, performance.now()]
    // The button is another one only after some frames.
    for (let frames = 0; frames < 5 || goesOn(); frames += 1) {
      await ${frame}
      const nowMs = performance.now()
      if (nowMs - startedMs > 60_000) throw new Error('The check did not end within 60 s.')
      longestMs = Math.max(longestMs, nowMs - lastMs)
      lastMs = nowMs
    }
    return longestMs
  })()`)
