import { EventEmitter } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { closeChromium, desk } from './browser-window.ts'

/** Set by the launcher before the host runs. */
interface Launch {
  readonly appPath: string
  readonly version: string
  readonly userData: string
}

class QuitEvent {
  defaultPrevented = false
  preventDefault(): void {
    this.defaultPrevented = true
  }
}

/** Electron's App, as far as the host uses it. Ready only once the host's main module has been evaluated, as Electron is. */
class App extends EventEmitter {
  /** Electron compares the name of its program; here the test says it. */
  readonly isPackaged = process.env.HANGAR_TEST_PACKAGED === '1'
  readonly commandLine = { appendSwitch(): void {}, hasSwitch: (): boolean => false }
  #launch: Launch | undefined
  #ready = Promise.withResolvers<void>()
  #isReady = false

  launch(launch: Launch): void {
    this.#launch = launch
    mkdirSync(launch.userData, { recursive: true, mode: 0o700 })
    desk.folder = launch.userData
    desk.contentsCreated = (contents) => this.emit('web-contents-created', {}, contents)
    desk.allClosed = () => {
      if (!this.emit('window-all-closed')) this.quit()
    }
  }
  /** The host's main module has been evaluated. */
  async appCodeLoaded(): Promise<void> {
    this.#isReady = true
    this.#ready.resolve()
    this.emit('ready')
  }
  whenReady(): Promise<void> {
    return this.#ready.promise
  }
  isReady(): boolean {
    return this.#isReady
  }
  enableSandbox(): void {
    if (this.#isReady) throw new Error('app.enableSandbox() can only be called before app is ready')
    desk.sandboxed = true
  }
  getAppPath(): string {
    return this.#launched().appPath
  }
  getVersion(): string {
    return this.#launched().version
  }
  getName(): string {
    return 'Hangar'
  }
  setPath(): void {}
  getPath(name: string): string {
    return name === 'home' ? homedir() : this.#launched().userData
  }

  /** A file in the user data folder names the process that has the lock; another file signals a second start to it. */
  requestSingleInstanceLock(): boolean {
    const { userData } = this.#launched()
    const lock = join(userData, 'instance.lock')
    if (existsSync(lock) && isAlive(Number(readFileSync(lock, 'utf8')))) {
      writeFileSync(join(userData, 'instance.knock'), String(process.pid))
      return false
    }
    writeFileSync(lock, String(process.pid))
    watch(userData, (_event, file) => {
      if (file !== 'instance.knock' || !existsSync(join(userData, file))) return
      rmSync(join(userData, file), { force: true })
      this.emit('second-instance', {}, [], '')
    }).unref()
    process.once('exit', () => rmSync(lock, { force: true }))
    return true
  }

  quit(): void {
    const event = new QuitEvent()
    this.emit('before-quit', event)
    if (event.defaultPrevented) return
    this.exit(0)
  }
  exit(code = 0): void {
    this.emit('will-quit', new QuitEvent())
    void closeChromium()
      .catch(() => undefined)
      .then(() => process.exit(code))
  }
  #launched(): Launch {
    if (this.#launch === undefined) throw new Error('The stand-in was not launched.')
    return this.#launch
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

export const app = new App()
