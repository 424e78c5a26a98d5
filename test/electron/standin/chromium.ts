import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DevTools, type DevToolsSession } from './devtools.ts'
import { type Gate, openGate } from './gate.ts'

export const chromiumPath = process.env.HANGAR_CHROMIUM ?? '/usr/bin/chromium'

const startLimitMs = 30_000

/** A chromium with one app window, empty so far. */
export interface Chromium {
  readonly devtools: DevTools
  /** The DevTools endpoint, for other clients such as the Playwright of a test. */
  readonly endpoint: string
  readonly firstTarget: string
  /** The proxy for all network traffic. */
  readonly gate: Gate
  close(): Promise<void>
}

/** Starts chromium: in a window where there is a display, headless elsewhere. Its state is below `folder`. */
export async function startChromium(folder: string): Promise<Chromium> {
  const profile = join(folder, 'chromium')
  mkdirSync(profile, { recursive: true, mode: 0o700 })
  const gate = await openGate()
  const child = spawn(
    chromiumPath,
    [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...(process.env.DISPLAY ? [] : ['--headless']),
      '--remote-debugging-port=0',
      `--proxy-server=http://127.0.0.1:${gate.port}`,
      '--proxy-bypass-list=<-loopback>', // the loopback too goes through the gate
      `--user-data-dir=${profile}`,
      '--app=data:text/html,',
      '--window-size=1360,860',
      '--no-first-run',
      '--no-default-browser-check',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-popup-blocking', // Electron blocks none: the app's own handler decides
      '--disable-dev-shm-usage',
      '--disable-features=LocalNetworkAccessChecks,Translate,MediaRouter',
      '--password-store=basic',
      '--use-mock-keychain',
      'data:text/html,',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  try {
    const endpoint = await readEndpoint(child)
    const devtools = await DevTools.open(endpoint)
    const firstTarget = await firstPage(devtools.browser)
    const close = async (): Promise<void> => {
      await closeChromium(child, devtools)
      gate.close()
    }
    return { devtools, endpoint, firstTarget, gate, close }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}

function readEndpoint(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    const limit = setTimeout(() => reject(new Error(`chromium did not start in time: ${output}`)), startLimitMs)
    child.stderr?.on('data', (chunk) => {
      output = (output + chunk).slice(-16_384)
      const found = /DevTools listening on (ws:\S+)/.exec(output)?.[1]
      if (found === undefined) return
      clearTimeout(limit)
      output = ''
      resolve(found)
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`chromium ended with ${code}: ${output}`)))
  })
}

async function firstPage(browser: DevToolsSession): Promise<string> {
  const { targetInfos } = await browser.send('Target.getTargets')
  const page = targetInfos.find((target: { type: string }) => target.type === 'page')
  if (page === undefined) throw new Error('chromium opened no window')
  return page.targetId
}

async function closeChromium(child: ChildProcess, devtools: DevTools): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  devtools.browser.post('Browser.close')
  const limit = setTimeout(() => child.kill('SIGKILL'), 3_000)
  await ended
  clearTimeout(limit)
}
