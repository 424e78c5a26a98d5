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
/** The command of a user in the checkout. */
const serveCommand = ['--no', 'hangar', 'serve'] as const
const samples = 5
const comparison = 'empty page from a bare Node server'

/**
 * Question: how long from `npx --no hangar serve` until the first view can be used, and how much script does it load?
 * Conditions: an empty state folder, the window built, Node's compile cache filled by an earlier start, the browser
 * running; the time of npx is included.
 * Bias: against Hangar; the comparison shows nothing, so it is a lower bound.
 */
export const start: Benchmark = {
  name: 'start',
  question: 'How long from "npx --no hangar serve" until the first view can be used?',
  async run(signal) {
    const browser = await launchChromium()
    const cache = await mkdtemp(join(tmpdir(), 'hangar-bench-cache-'))
    try {
      const ours: Start[] = []
      const floor: number[] = []
      // Alternating, so that a disturbance affects both.
      for (let sample = 0; sample <= samples; sample += 1) {
        signal.throwIfAborted()
        const [started, bareMs] = [await hangar(browser, cache), await bare(browser)]
        // The first sample only warms the disk cache for both.
        if (sample > 0) {
          ours.push(started)
          floor.push(bareMs)
        }
      }
      const time = 'time to first view usable, median of 5'
      const bytes = await firstLoadBytes(browser, cache)
      return [
        { metric: time, subject: 'Hangar', unit: 'ms', value: median(ours.map(({ firstMs }) => firstMs)), goal: 1_500 },
        {
          metric: 'time until a click has opened the wizard, median of 5',
          subject: 'Hangar',
          unit: 'ms',
          value: median(ours.map(({ nextMs }) => nextMs)),
        },
        { metric: time, subject: comparison, unit: 'ms', value: median(floor) },
        { metric: 'first-load JavaScript, gzip', subject: 'Hangar', unit: 'kB', value: bytes / 1_000, goal: 300 },
      ] satisfies Row[]
    } finally {
      await browser.close()
      await rm(cache, { recursive: true, force: true })
    }
  },
}

/** Milliseconds from the command to the first view with data of the core, and to the view that a click on it opens. */
interface Start {
  readonly firstMs: number
  readonly nextMs: number
}

async function hangar(browser: Browser, cache: string): Promise<Start> {
  return withHangar(cache, async (address, startedMs) => {
    const page = await browser.newPage()
    await page.goto(address)
    // Shown only once the core has replied that there is none.
    await page.getByText('No planes yet').waitFor()
    const firstMs = performance.now() - startedMs
    await page.getByRole('button', { name: 'Install a plane' }).first().click()
    await page.getByRole('heading', { name: 'Target cluster' }).waitFor()
    const nextMs = performance.now() - startedMs
    await page.close()
    return { firstMs, nextMs }
  })
}

async function withHangar<T>(cache: string, use: (address: string, startedMs: number) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'hangar-bench-'))
  const startedMs = performance.now()
  const env = { ...process.env, HANGAR_HOME: home, HANGAR_CACHE: cache, KUBECONFIG: join(home, 'none') }
  const child = spawn('npx', serveCommand, {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  try {
    return await use(await firstLine(child, '"npx --no hangar serve"'), startedMs)
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
  await withHangar(cache, async (address) => {
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
