import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, _electron as electron, type Page } from 'playwright'
import { electronBinary } from '../../scripts/electron-binary.ts'
import { type AppFolder, bundleMain, makeAppFolder, type PageKind } from './app-folder.ts'
import { chromiumPath } from './standin/chromium.ts'

const root = join(import.meta.dirname, '..', '..')
const startLimitMs = 45_000

type ElectronModule = typeof Electron.CrossProcessExports

/** The running desktop app, on Electron if its binary is installed, otherwise on the stand-in. */
export interface Desktop {
  readonly runtime: 'electron' | 'stand-in'
  readonly folder: AppFolder
  readonly page: Page
  /** The origin of the page, as `location.origin` in the page. */
  readonly pageOrigin: string
  /** Runs a function in the app's main process. The function can use only its two arguments. */
  evaluate<Result, Argument = undefined>(
    run: (electron: ElectronModule, argument: Argument) => Result | Promise<Result>,
    argument?: Argument,
  ): Promise<Result>
  /** Ends the app; resolves with its exit code. */
  close(): Promise<void>
}

export interface LaunchOptions {
  /** A module that replaces main/app.ts. */
  readonly core?: string
  /** Runs as an installed app. Only the stand-in can: Electron compares the name of its own program. */
  readonly packaged?: boolean
  readonly environment?: Readonly<Record<string, string>>
  /** Default: the test page. */
  readonly window?: PageKind
}

/** Why the desktop host cannot run here, or undefined. */
export function whyNoDesktop(): string | undefined {
  if (electronBinary(root) !== undefined || existsSync(chromiumPath)) return undefined
  return `neither Electron's binary nor ${chromiumPath} was found: install Debian's package "chromium"`
}

export async function launchDesktop(options: LaunchOptions = {}): Promise<Desktop> {
  const { core, packaged = false, window } = options
  const binary = packaged ? undefined : electronBinary(root)
  const folder = await makeAppFolder(binary === undefined ? 'main/index.ts' : 'out/main/index.js', window)
  const environment = { ...process.env, HANGAR_HOME: join(folder.path, 'home'), ...options.environment }
  try {
    if (binary === undefined) {
      const HANGAR_TEST_PACKAGED = packaged ? '1' : undefined
      return await launchStandIn(folder, { ...environment, HANGAR_TEST_CORE: core, HANGAR_TEST_PACKAGED })
    }
    if (core !== undefined) await bundleMain(folder.path, core)
    return await launchElectron(binary, folder, environment)
  } catch (error) {
    await folder.remove()
    throw error
  }
}

async function launchElectron(binary: string, folder: AppFolder, env: NodeJS.ProcessEnv): Promise<Desktop> {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const app = await electron.launch({
    executablePath: binary,
    args: [...sandbox, `--user-data-dir=${folder.userData}`, folder.path],
    env: definedOnly(env),
  })
  const page = await app.firstWindow()
  return {
    runtime: 'electron',
    folder,
    page,
    pageOrigin: 'app://hangar',
    evaluate: (run, argument) => app.evaluate(run as never, argument as never) as never, // Playwright declares Electron's types differently
    async close() {
      await app.close()
      await folder.remove()
    },
  }
}

/** Starts the stand-in's process on a folder, as `electron <folder>` would. */
export function spawnStandIn(folder: AppFolder, env: NodeJS.ProcessEnv): ChildProcess {
  const here = import.meta.dirname
  return spawn(
    process.execPath,
    ['--import', join(here, 'register.ts'), join(here, 'launch.ts'), `--user-data-dir=${folder.userData}`, folder.path],
    { env: definedOnly(env), stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  )
}

async function launchStandIn(folder: AppFolder, env: NodeJS.ProcessEnv): Promise<Desktop> {
  const child = spawnStandIn(folder, env)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const { evaluate, endpoint } = messagesOf(child)
  let browser: Browser | undefined
  try {
    browser = await chromium.connectOverCDP(await endpoint)
    const page = await firstPage(browser)
    await page.waitForURL('https://hangar.app.localhost/')
    return {
      runtime: 'stand-in',
      folder,
      page,
      pageOrigin: 'https://hangar.app.localhost',
      evaluate,
      async close() {
        await evaluate(({ app }) => app.quit()).catch(() => undefined)
        await ended
        await browser?.close()
        await folder.remove()
      },
    }
  } catch (error) {
    child.kill('SIGKILL')
    await ended
    throw error
  }
}

async function firstPage(browser: Browser): Promise<Page> {
  const context = browser.contexts()[0]
  if (context === undefined) throw new Error('chromium has no context')
  return context.pages()[0] ?? context.waitForEvent('page')
}

interface Answer {
  readonly id?: number
  readonly endpoint?: string
  readonly value?: unknown
  readonly error?: string
}

function messagesOf(child: ChildProcess): { evaluate: Desktop['evaluate']; endpoint: Promise<string> } {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const endpoint = Promise.withResolvers<string>()
  const limit = setTimeout(() => endpoint.reject(new Error('The app did not start in time.')), startLimitMs)
  endpoint.promise.catch(() => undefined).then(() => clearTimeout(limit))
  child.on('message', (answer: Answer) => {
    if (answer.endpoint !== undefined) return endpoint.resolve(answer.endpoint)
    const pending = answer.id === undefined ? endpoint : waiting.get(answer.id)
    if (answer.id !== undefined) waiting.delete(answer.id)
    if (answer.error === undefined)
      pending?.resolve(answer.value as never) // the test says what its function returns
    else pending?.reject(new Error(answer.error))
  })
  child.once('exit', (code) => {
    const ended = new Error(`The app ended with ${code}.`)
    endpoint.reject(ended)
    for (const { reject } of waiting.values()) reject(ended)
  })
  let lastId = 0
  return {
    endpoint: endpoint.promise,
    evaluate: (run, argument) => {
      lastId += 1
      const answer = Promise.withResolvers<never>()
      waiting.set(lastId, answer as unknown as PromiseWithResolvers<unknown>) // resolved with what the test's function returns
      child.send({ id: lastId, source: String(run), argument })
      return answer.promise
    },
  }
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
