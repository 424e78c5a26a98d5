import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright'
import { launchChromium } from '../window/chromium.ts'
import { type Benchmark, median, type Row } from './benchmark.ts'
import { firstLine, isRunning } from './first-line.ts'

const root = join(import.meta.dirname, '..', '..')
const samples = 5
const comparison = 'empty page from a bare Node server'

/** As installed: the program itself. In a checkout npx starts it, and npm itself then takes a part of the time. */
const commands = {
  'hangar serve': [process.execPath, join(root, 'bin', 'hangar.js'), 'serve'],
  'npx --no hangar serve': ['npx', '--no', 'hangar', 'serve'],
} as const
type CommandName = keyof typeof commands

/**
 * Question: how long from `hangar serve` until the first view can be used, what takes this time, and how much script does
 * it load?
 * Conditions: an empty state folder, the window built, Node's compile cache filled by an earlier start, the browser
 * running. The goals are those of `hangar serve`; the same through npx stands beside it.
 * Bias: against Hangar; the comparison shows nothing, so it is a lower bound.
 */
export const start: Benchmark = {
  name: 'start',
  question: 'How long from "hangar serve" until the first view can be used?',
  async run(signal) {
    const browser = await launchChromium()
    const cache = await mkdtemp(join(tmpdir(), 'hangar-bench-cache-'))
    try {
      const [installed, throughNpx, floor]: [Start[], Start[], number[]] = [[], [], []]
      // Alternating, so that a disturbance affects all.
      for (let sample = 0; sample <= samples; sample += 1) {
        signal.throwIfAborted()
        const [ours, npx, bareMs] = [
          await startOf('hangar serve', browser, cache),
          await startOf('npx --no hangar serve', browser, cache),
          await bare(browser),
        ]
        // The first sample only warms the disk cache for all.
        if (sample === 0) continue
        installed.push(ours)
        throughNpx.push(npx)
        floor.push(bareMs)
      }
      const [first, wizard] = ['first view usable, median of 5', 'click has opened the wizard, median of 5']
      const msOf = (starts: readonly Start[], stage: keyof Start) => median(starts.map((each) => each[stage]))
      const bytes = await firstLoadBytes(browser, cache)
      const subject = 'hangar serve'
      return [
        { metric: first, subject, unit: 'ms', value: msOf(installed, 'usableMs'), goal: 1_500 },
        { metric: wizard, subject, unit: 'ms', value: msOf(installed, 'wizardMs'), goal: 2_000 },
        ...stages.map(({ name, stage }) => ({
          metric: `stage: ${name}`,
          subject,
          unit: 'ms' as const,
          value: msOf(installed, stage),
        })),
        { metric: first, subject: 'npx --no hangar serve', unit: 'ms', value: msOf(throughNpx, 'usableMs') },
        { metric: wizard, subject: 'npx --no hangar serve', unit: 'ms', value: msOf(throughNpx, 'wizardMs') },
        { metric: first, subject: comparison, unit: 'ms', value: median(floor) },
        { metric: 'first-load JavaScript, gzip', subject, unit: 'kB', value: bytes / 1_000, goal: 300 },
      ] satisfies Row[]
    } finally {
      await browser.close()
      await rm(cache, { recursive: true, force: true })
    }
  },
}

/** Milliseconds from the command until each stage is over. */
interface Start {
  readonly addressMs: number
  readonly pageMs: number
  readonly scriptMs: number
  readonly paintMs: number
  readonly usableMs: number
  readonly wizardMs: number
}

const stages: readonly { readonly name: string; readonly stage: keyof Start }[] = [
  { name: 'address printed', stage: 'addressMs' },
  { name: 'page received', stage: 'pageMs' },
  { name: 'scripts evaluated', stage: 'scriptMs' },
  { name: 'first paint', stage: 'paintMs' },
  { name: 'first view usable', stage: 'usableMs' },
]

/** The page's own clock; the other times are since this origin. */
interface PageTimes {
  readonly originMs: number
  readonly receivedMs: number
  readonly scriptsMs: number
  readonly paintMs: number
}

const pageTimes = `({
  originMs: performance.timeOrigin,
  receivedMs: performance.getEntriesByType('navigation')[0].responseEnd,
  scriptsMs: performance.getEntriesByType('navigation')[0].domContentLoadedEventStart,
  paintMs: performance.getEntriesByName('first-contentful-paint')[0].startTime,
})`

async function startOf(command: CommandName, browser: Browser, cache: string): Promise<Start> {
  return withHangar(command, cache, async (address, startedMs) => {
    const addressMs = performance.now() - startedMs
    const page = await browser.newPage()
    await page.goto(address)
    // Shown only once the core has replied that there is none.
    await page.getByText('No planes yet').waitFor()
    const usableMs = performance.now() - startedMs
    const inPage = await page.evaluate<PageTimes>(pageTimes)
    const sinceCommand = (pageMs: number) => inPage.originMs + pageMs - performance.timeOrigin - startedMs
    await page.getByRole('button', { name: 'Install a plane' }).first().click()
    await page.getByRole('heading', { name: 'Target cluster' }).waitFor()
    const wizardMs = performance.now() - startedMs
    await page.close()
    return {
      addressMs,
      pageMs: sinceCommand(inPage.receivedMs),
      scriptMs: sinceCommand(inPage.scriptsMs),
      paintMs: sinceCommand(inPage.paintMs),
      usableMs,
      wizardMs,
    }
  })
}

async function withHangar<T>(
  name: CommandName,
  cache: string,
  use: (address: string, startedMs: number) => Promise<T>,
): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'hangar-bench-'))
  const startedMs = performance.now()
  const env = { ...process.env, HANGAR_HOME: home, HANGAR_CACHE: cache, KUBECONFIG: join(home, 'none') }
  const [command, ...args] = commands[name]
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  try {
    return await use(await firstLine(child, `"${name}"`), startedMs)
  } finally {
    // npx is the parent: the signal goes to its whole process group.
    if (isRunning(child) && child.pid !== undefined) {
      process.kill(-child.pid, 'SIGTERM')
      await once(child, 'exit')
    }
    await rm(home, { recursive: true, force: true })
  }
}

async function bare(browser: Browser): Promise<number> {
  const startedMs = performance.now()
  const source =
    "require('http').createServer((q, r) => r.setHeader('content-type', 'text/html').end('<button>x</button>')).listen(0, '127.0.0.1', function () { console.log(this.address().port) })"
  const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'pipe'] })
  try {
    const port = await firstLine(child, 'The bare server')
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${port}`)
    await page.getByRole('button', { name: 'x' }).click()
    const took = performance.now() - startedMs
    await page.close()
    return took
  } finally {
    if (isRunning(child)) {
      child.kill()
      await once(child, 'exit')
    }
  }
}

/** The gzip size of all scripts that the first view loads, in bytes. */
async function firstLoadBytes(browser: Browser, cache: string): Promise<number> {
  const scripts = new Map<string, number>()
  await withHangar('hangar serve', cache, async (address) => {
    const page = await browser.newPage()
    const reading: Promise<unknown>[] = []
    page.on('response', (response) => {
      if (response.request().resourceType() !== 'script') return
      reading.push(response.body().then((body) => scripts.set(response.url(), gzipSync(body).length)))
    })
    await page.goto(address)
    await page.getByRole('button', { name: 'Install a plane' }).first().waitFor()
    await Promise.all(reading)
    await page.close()
  })
  return [...scripts.values()].reduce((sum, bytes) => sum + bytes, 0)
}
