import { createSocket } from 'node:dgram'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { portChannel, requestChannel } from '../../preload/channels.ts'
import { type Desktop, launchDesktop, whyNoDesktop } from './harness.ts'
import { type Outside, startOutside } from './outside.ts'

const missing = whyNoDesktop()

/** Chromium can be slow on a busy machine. */
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 20_000 })

/** How long a page waits for a port that it must not get: many times what a port takes to arrive. */
const silenceMs = 600
const handshake = { request: requestChannel, port: portChannel, silenceMs }

describe.skipIf(missing !== undefined)(
  `the protections of the desktop window${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    let desktop: Desktop
    let outside: Outside
    beforeAll(async () => {
      outside = await startOutside()
      desktop = await launchDesktop({ core: new URL('./fake-core.ts', import.meta.url).href })
    })
    afterAll(async () => {
      await desktop?.close()
      await outside?.close()
    })
    beforeEach(async () => {
      await load(desktop, 'app://hangar/')
      outside.requests.length = 0
    })

    // This test is first: the tests after it restore the network, so that each covers one protection alone.
    it('block all network access of the session, for a page without a content policy too', async () => {
      await load(desktop, `${outside.address}/page`)

      expect(outside.requests).toEqual([])
    })

    describe('with network access restored', () => {
      beforeAll(() =>
        desktop.evaluate(({ session }) => session.fromPartition('hangar').webRequest.onBeforeRequest(null)),
      )

      it('give one port to a page of our origin', async () => {
        await desktop.page.evaluate(async () => (await window.hangar).settings.about())

        const given = await desktop.evaluate(({ BrowserWindow, ipcMain }, channel) => {
          const sender = BrowserWindow.getAllWindows()[0]?.webContents
          const frame = sender?.mainFrame
          if (frame === undefined) return -1
          let count = 0
          const { postMessage } = frame
          frame.postMessage = () => {
            count += 1
          }
          ipcMain.emit(channel, { sender, senderFrame: frame, ports: [] })
          frame.postMessage = postMessage
          return count
        }, handshake.request)

        expect(given).toBe(0)
        expect(await desktop.page.evaluate(requestPort, handshake)).toBe('silence')
      })

      it('give no port to a page of another origin', async () => {
        await load(desktop, `${outside.address}/page`)

        expect(await desktop.page.title()).toBe('Outside')
        expect(await desktop.page.evaluate(requestPort, handshake)).toBe('silence')
      })

      it('give no port to another authority of our own scheme', async () => {
        await load(desktop, 'app://evil/')

        expect(await desktop.page.evaluate(() => location.origin)).not.toBe(desktop.pageOrigin)
        expect(await desktop.page.evaluate(requestPort, handshake)).toBe('silence')
      })

      it('give no port to a frame inside the page, whether it asks for itself or in the name of the page', async () => {
        await load(desktop, 'app://hangar/quiet.html') // a page that has not requested a port yet
        await desktop.page.evaluate(() => void document.body.append(document.createElement('iframe')))
        const frame = desktop.page.frames()[1]

        const receivers = await frame?.evaluate(async ({ request, port, silenceMs }) => {
          const ports: string[] = []
          window.addEventListener('message', (event) => event.data === port && ports.push('the frame'))
          parent.addEventListener('message', (event) => event.data === port && ports.push('the page'))
          window.postMessage(request, '*')
          parent.postMessage(request, '*')
          await new Promise((resolve) => setTimeout(resolve, silenceMs))
          return ports
        }, handshake)
        // As if the bridge ran in the frame and sent its request to main.
        await desktop.evaluate(({ BrowserWindow, ipcMain }, channel) => {
          const sender = BrowserWindow.getAllWindows()[0]?.webContents
          ipcMain.emit(channel, { sender, senderFrame: sender?.mainFrame.frames[0], ports: [] })
        }, handshake.request)

        expect(receivers).toEqual([])
        // The page can still get its port.
        expect(await desktop.page.evaluate(requestPort, handshake)).toBe('a port')
      })

      it.each(requestKinds)(
        'let the page send nothing by %s: the content policy blocks it',
        async (_name, reach, directive) => {
          await desktop.page.evaluate(watchViolations)
          await desktop.page.evaluate(reach, `${outside.address}/reached`)
          await eventually(() => desktop.page.evaluate(() => window.violations)).toContain(directive)

          expect(outside.requests).toEqual([])
        },
      )

      it.each<[string, (address: string) => void]>([
        ['by script', (address) => location.assign(address)],
        [
          'by link',
          (address) => {
            const link = Object.assign(document.createElement('a'), { href: address })
            document.body.append(link)
            link.click()
          },
        ],
      ])('prevent navigation to another origin %s: by the policy of our page, and without one', async (_how, go) => {
        // The browser refuses it before the host is asked, and may leave an empty page.
        await desktop.page.evaluate(go, `${outside.address}/page`).catch(() => undefined)
        await delay(silenceMs)
        expect(outside.requests).toEqual([])

        await load(desktop, `${outside.address}/page`)
        outside.requests.length = 0
        await desktop.page.evaluate(go, `${outside.address.replace('127.0.0.1', 'localhost')}/page`)
        await delay(silenceMs)
        expect(await desktop.page.evaluate(() => location.hostname)).toBe('127.0.0.1')
        expect(outside.requests).toEqual([])
      })

      it('let the page send nothing by WebRTC', async () => {
        const packets: unknown[] = []
        const socket = createSocket('udp4').on('message', (packet) => packets.push(packet))
        onTestFinished(() => void socket.close())
        await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
        const gather = (port: number) =>
          desktop.page
            .evaluate(async (urls) => {
              const connection = new RTCPeerConnection({ iceServers: [{ urls }] })
              connection.createDataChannel('x')
              await connection.setLocalDescription(await connection.createOffer())
            }, `stun:127.0.0.1:${port}`)
            .catch(() => undefined)

        await gather(socket.address().port)
        await delay(silenceMs)
        expect(packets).toEqual([])
      })

      it('prevent navigation of a frame, in a page without a content policy', async () => {
        await load(desktop, `${outside.address}/page`)
        await desktop.evaluate(({ BrowserWindow }) => {
          const framed = new Promise<boolean>((resolve) => {
            BrowserWindow.getAllWindows()[0]?.webContents.once('will-frame-navigate', (event) =>
              resolve(event.defaultPrevented),
            )
          })
          Object.assign(globalThis, { framed })
        })
        await desktop.page.evaluate((src) => {
          document.body.append(Object.assign(document.createElement('iframe'), { src }))
        }, `${outside.address}/framed`)

        expect(await desktop.evaluate(() => (globalThis as unknown as { framed: Promise<boolean> }).framed)).toBe(true) // put there above
        expect(outside.requests).toEqual(['/page'])
      })

      it('prevent a redirect to another page', async () => {
        await load(desktop, `${outside.address}/moved`)

        expect(outside.requests).toEqual(['/moved'])
      })

      it('open no window, and pass only known https addresses to the browser', async () => {
        await desktop.evaluate(({ shell }) => {
          const opened: string[] = []
          Object.assign(globalThis, { opened })
          shell.openExternal = async (url) => {
            opened.push(url)
          }
        })

        const strange = [`${outside.address}/page`, 'file:///etc/passwd', 'https://kubernetes.io.evil.example/']
        for (const address of [...strange, 'https://kubernetes.io/docs/']) {
          await desktop.page.evaluate((url) => void window.open(url), address)
        }

        const opened = () => desktop.evaluate(() => (globalThis as unknown as { opened: string[] }).opened) // put there above
        await eventually(opened).toEqual(['https://kubernetes.io/docs/'])
        await eventually(() => desktop.page.context().pages().length).toBe(1)
        expect(outside.requests).toEqual([])
      })
    })

    describe('in a window that asks for less', () => {
      it('sandbox it all the same', async () => {
        const preload = join(desktop.folder.path, 'reports-sandbox.cjs')
        const report = 'document.documentElement.dataset.sandboxed = String(process.sandboxed)'
        await writeFile(preload, `window.addEventListener('DOMContentLoaded', () => { ${report} })`)

        const sandboxed = await desktop.evaluate(async ({ BrowserWindow, session }, preload) => {
          const webPreferences = { session: session.fromPartition('hangar'), sandbox: false, preload }
          const window = new BrowserWindow({ show: false, webPreferences })
          await window.loadURL('app://hangar/quiet.html')
          const answer = await window.webContents.executeJavaScript('document.documentElement.dataset.sandboxed')
          window.destroy()
          return answer
        }, preload)

        expect(sandboxed).toBe('true')
      })

      it('attach no web view', async () => {
        const outcome = await desktop.evaluate(async ({ BrowserWindow, session }) => {
          const webPreferences = { session: session.fromPartition('hangar'), webviewTag: true }
          const window = new BrowserWindow({ show: false, webPreferences })
          const { webContents } = window
          const attached: string[] = []
          webContents.on('did-attach-webview', () => attached.push('attached'))
          const asked = new Promise<boolean>((resolve) => {
            webContents.once('will-attach-webview', (event) => resolve(event.defaultPrevented))
          })
          await window.loadURL('app://hangar/quiet.html')
          const add = `document.body.append(Object.assign(document.createElement('webview'), { src: 'app://hangar/' }))`
          await webContents.executeJavaScript(`${add}, 0`)
          const prevented = await asked
          await new Promise((resolve) => setTimeout(resolve, 500))
          window.destroy()
          return { prevented, attached }
        })

        expect(outcome).toEqual({ prevented: true, attached: [] })
      })
    })

    it('refuse what a page uses without asking first', async () => {
      const outcome = await desktop.page.evaluate(async () => ({
        notification: await Notification.requestPermission(),
        position: await new Promise((resolve) => {
          navigator.geolocation.getCurrentPosition(
            () => resolve('given'),
            ({ code }) => resolve(code === GeolocationPositionError.PERMISSION_DENIED ? 'refused' : code),
          )
        }),
      }))

      expect(outcome).toEqual({ notification: 'denied', position: 'refused' })
    })

    it('expose no Node, Electron or bridge globals to the page', async () => {
      const names = ['process', 'require', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer', 'standinToMain']

      expect(await desktop.page.evaluate((all) => all.filter((name) => name in window), names)).toEqual([])
    })

    it('prevent the page from parsing text as HTML', async () => {
      const outcome = await desktop.page.evaluate(() => {
        try {
          document.body.innerHTML = '<b>made</b>'
          return 'made'
        } catch (error) {
          return error instanceof TypeError ? 'refused' : String(error)
        }
      })

      expect(outcome).toBe('refused')
    })

    it('let a user save text that the page created, and block downloads by scripts', async () => {
      await desktop.evaluate(({ session }) => {
        const downloads: string[] = []
        Object.assign(globalThis, { downloads })
        session.fromPartition('hangar').on('will-download', (event, item) => {
          if (event.defaultPrevented) downloads.push(`refused ${item.getURL().split(':')[0]}`)
          else item.once('done', (_event, state) => downloads.push(`${state} ${item.getURL().split(':')[0]}`))
        })
      })
      const downloads = () => desktop.evaluate(() => (globalThis as unknown as { downloads: string[] }).downloads) // put there above
      await desktop.page.evaluate(offerToSave)

      await desktop.page.locator('#made').click()
      await eventually(downloads).toEqual(['completed blob'])

      await desktop.page.locator('#data').click()
      await eventually(downloads).toEqual(['completed blob', 'refused data'])

      // By script, after chromium's user activation has expired.
      await desktop.page.evaluate((activationMs) => {
        setTimeout(() => document.getElementById('made')?.click(), activationMs)
      }, 6_000)
      await eventually(downloads).toEqual(['completed blob', 'refused data', 'refused blob'])
    })

    it('apply only style elements with the nonce of this load', async () => {
      const widths = await desktop.page.evaluate(() => {
        const nonce = document.querySelector<HTMLElement>('meta[property="csp-nonce"]')?.nonce ?? ''
        const width = (given: string): number => {
          const style = document.createElement('style')
          style.nonce = given
          style.append('body { width: 7px }')
          document.head.append(style)
          const { clientWidth } = document.body
          style.remove()
          return clientWidth
        }
        return { own: width(nonce), none: width(''), guessed: width('HANGAR_NONCE') }
      })

      expect(widths.own).toBe(7)
      expect(widths.none).not.toBe(7)
      expect(widths.guessed).not.toBe(7)
    })

    it('grant the page only the permission to copy', async () => {
      const states = await desktop.page.evaluate(async () => {
        const names = [
          'geolocation',
          'notifications',
          'camera',
          'microphone',
          'midi',
          'clipboard-read',
          'clipboard-write',
        ]
        const states: Record<string, string> = {}
        for (const name of names) {
          const status = await navigator.permissions.query({ name: name as PermissionName }) // TypeScript does not declare all of them
          states[name] = status.state
        }
        return states
      })

      expect(states).toEqual({
        geolocation: 'denied',
        notifications: 'denied',
        camera: 'denied',
        microphone: 'denied',
        midi: 'denied',
        'clipboard-read': 'denied',
        'clipboard-write': 'granted',
      })
    })

    it.each([
      '..%2f..%2fsecret.json',
      '%2e%2e%2f%2e%2e%2fsecret.json',
      '%2e%2e/%2e%2e/secret.json',
      '..%5c..%5csecret.json',
      'absent.js',
    ])('answer app://hangar/%s with 404', async (path) => {
      expect(await load(desktop, `app://hangar/${path}`)).toBe(404)
      expect(await desktop.page.evaluate(() => document.body.textContent)).not.toContain('outside')
    })

    it('are set explicitly in the preferences of the window', async () => {
      const preferences = await desktop.evaluate(({ BrowserWindow }) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents
        const { getLastWebPreferences } = contents as unknown as { getLastWebPreferences(): object } // missing in Electron's types
        return JSON.parse(JSON.stringify({ ...getLastWebPreferences.call(contents), session: undefined }))
      })

      expect(preferences).toMatchObject({
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        webviewTag: false,
        plugins: false,
        navigateOnDragDrop: false,
        safeDialogs: true,
        spellcheck: false,
      })
      expect(preferences.enableBlinkFeatures ?? '').toBe('')
    })
  },
)

declare global {
  interface Window {
    violations: string[]
    /** Set on a document before the next navigation. */
    leaving?: boolean
  }
}

/** Each kind of request that a page can send, and the directive that blocks it. Runs in the page. */
const requestKinds: [string, (address: string) => void, string][] = [
  ['fetch', (address) => void fetch(address, { mode: 'no-cors' }).catch(() => undefined), 'connect-src'],
  [
    'XMLHttpRequest',
    (address) => {
      const request = new XMLHttpRequest()
      request.open('GET', address)
      request.send()
    },
    'connect-src',
  ],
  ['WebSocket', (address) => void new WebSocket(address.replace('http:', 'ws:')), 'connect-src'],
  ['EventSource', (address) => void new EventSource(address), 'connect-src'],
  ['sendBeacon', (address) => void navigator.sendBeacon(address), 'connect-src'],
  ['an image', (address) => void Object.assign(new Image(), { src: address }), 'img-src'],
  [
    'a style sheet',
    (address) => {
      document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: address }))
    },
    'style-src-elem',
  ],
  [
    'a frame',
    (address) => {
      document.body.append(Object.assign(document.createElement('iframe'), { src: address }))
    },
    'frame-src',
  ],
  [
    'a form',
    (address) => {
      const form = Object.assign(document.createElement('form'), { action: address, method: 'post' })
      document.body.append(form)
      form.submit()
    },
    'form-action',
  ],
]

/** Adds links to a blob that the page created and to a data URL. Runs in the page. */
function offerToSave(): void {
  const made = URL.createObjectURL(new Blob(['a report'], { type: 'text/plain' }))
  for (const [id, href] of [
    ['made', made],
    ['data', 'data:text/plain,foreign'],
  ] as const) {
    document.body.append(
      Object.assign(document.createElement('a'), { id, href, download: `${id}.txt`, textContent: id }),
    )
  }
}

function watchViolations(): void {
  window.violations = []
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
    window.violations.push(effectiveDirective)
  })
}

interface Handshake {
  readonly request: string
  readonly port: string
  readonly silenceMs: number
}

/** Requests a port as the client does. Runs in the page. */
function requestPort({ request, port, silenceMs }: Handshake): Promise<'a port' | 'silence'> {
  return new Promise((resolve) => {
    window.addEventListener('message', (event) => {
      if (event.data === port && event.ports.length > 0) resolve('a port')
    })
    window.postMessage(request, location.origin)
    setTimeout(() => resolve('silence'), silenceMs)
  })
}

/** Opens a URL in the app's window from main. Resolves with its HTTP status once the document has changed. */
async function load(desktop: Desktop, url: string): Promise<number | undefined> {
  const mark = (): boolean => {
    window.leaving = true
    return window.leaving
  }
  // Another navigation may still be in progress.
  await eventually(() => desktop.page.evaluate(mark).catch(() => false)).toBe(true)
  const status = await desktop.evaluate(async ({ BrowserWindow }, address) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    let code: number | undefined
    contents?.once('did-navigate', (_event, _url, given) => {
      code = given
    })
    await contents?.loadURL(address).catch(() => undefined)
    return code
  }, url)
  if (status === undefined) return undefined
  const hasLeft = () => desktop.page.evaluate(() => window.leaving === undefined).catch(() => false)
  await eventually(hasLeft).toBe(true)
  return status
}
