import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type Server } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { type AppNotification, createApp } from '../../main/app.ts'
import type { WatchState } from '../../preload/contract/connectivity.ts'
import { createAuthority } from '../peers/authority.ts'
import { type Desktop, launchDesktop, whyNoDesktop } from './harness.ts'

const missing = whyNoDesktop()
const authority = createAuthority('Server')
const canary = 'canary-of-a-path'

const kubeconfig = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'nowhere', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'somebody', user: { token: 'canary-of-a-kubeconfig' } }],
  contexts: [{ name: 'nowhere', context: { cluster: 'nowhere', user: 'somebody' } }],
  'current-context': 'nowhere',
}

const profileOf = (port: number) => ({
  schemaVersion: 1,
  name: 'watched',
  title: 'Watched plane',
  description: 'One server.',
  managementModels: [{ id: 'self', title: 'Self-managed', summary: 'Ours.', tasks: [] }],
  settings: { type: 'object', properties: { ca: { type: 'string' } } },
  components: [{ id: 'agent', title: 'Agent', summary: 'Connects.', providedBy: 'vendor' }],
  releases: [],
  endpoints: [
    {
      id: 'control-plane',
      component: 'agent',
      title: 'Control plane',
      host: 'localhost',
      port,
      path: `/?token=${canary}`,
      protocol: 'https',
      clientProfile: { trust: { setting: 'ca' } },
    },
  ],
})

/**
 * A home in which a plane is watched, whose server was up at the run before and is down now: the next host that opens it
 * finds out. Gives what a host needs to know.
 */
async function watchedPlane(): Promise<{ home: string; kubeconfig: string; planeId: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-notified-'))
  const [home, file] = [join(folder, 'home'), join(folder, 'kubeconfig')]
  await writeFile(file, stringify(kubeconfig))
  const { certificate, key } = authority.issue({ names: ['localhost'] })
  const server = createServer({ cert: `${certificate}\n${authority.certificate}`, key }, (socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nDate: ${new Date().toUTCString()}\r\n\r\n`))
  })
  const port = await listening(server)
  await writeFile(join(folder, 'profile.yaml'), stringify(profileOf(port)))
  const app = await createApp({ home, host: 'terminal', kubeconfig: file })
  const { contexts } = await app.client.clusters.contexts()
  const { id: planeId } = await app.client.planes.create({
    name: 'production',
    profile: join(folder, 'profile.yaml'),
    contextId: contexts[0]?.id ?? '',
    managementModel: 'self',
    settings: { ca: authority.certificate },
    overrides: {},
  })
  const watch = { everyMinutes: 60, from: [{ kind: 'computer' as const }], holdSeconds: 0 }
  await app.client.connectivity.setWatch({ planeId, watch })
  const signal = AbortSignal.timeout(10_000)
  const runs = await app.client.connectivity.checkRepeatedly({ planeId, everyMs: 3_600_000 }, { signal })
  for await (const run of runs) {
    expect(run).toMatchObject({ kind: 'run', report: { results: [{ verdict: 'pass' }] } })
    break
  }
  await app.close()
  await new Promise((resolve) => server.close(resolve))
  return { home, kubeconfig: file, planeId, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) }
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe.skipIf(missing !== undefined)(`a change that a watch found${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let desktop: Desktop
  let place: Awaited<ReturnType<typeof watchedPlane>>
  beforeAll(async () => {
    place = await watchedPlane()
    const environment = {
      HANGAR_HOME: place.home,
      KUBECONFIG: place.kubeconfig,
      DBUS_SESSION_BUS_ADDRESS: 'disabled:',
    }
    desktop = await launchDesktop({ environment, window: 'product' })
  }, 120_000)
  afterAll(async () => {
    await desktop?.close()
    await place?.remove()
  })

  const notifications = (): Promise<{ title: string; body: string }[]> =>
    desktop.evaluate((electron) => {
      const { shown } = electron as unknown as { shown: { kind: string; what: { title: string; body: string } }[] } // the stand-in keeps them
      return shown.filter(({ kind }) => kind === 'notification').map(({ what: { title, body } }) => ({ title, body }))
    })

  it('is shown by the system once, in words and without secrets; a click opens the plane’s Connectivity', async (context) => {
    if (desktop.runtime !== 'stand-in') return context.skip('the system shows what Electron gives it, to nobody here')
    await expect.poll(notifications, { timeout: 30_000 }).toEqual([
      {
        title: 'production: Control plane broke',
        body: 'From this computer: passed, now fails: tcp.refused.',
      },
    ])
    expect(JSON.stringify(await notifications())).not.toContain('canary')
    const tab = desktop.page.getByRole('tab', { name: 'Connectivity' })
    if ((await tab.count()) > 0) expect(await tab.getAttribute('aria-selected')).toBe('false')

    await desktop.evaluate((electron) => {
      const { shown } = electron as unknown as { shown: { kind: string; what: Electron.Notification }[] } // as above
      shown.find(({ kind }) => kind === 'notification')?.what.emit('click', {})
    })

    await expect.poll(() => tab.getAttribute('aria-selected').catch(() => null), { timeout: 20_000 }).toBe('true')
    await desktop.page.getByRole('heading', { name: 'production', level: 1 }).waitFor()
    expect(await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())).toBe(true)
    expect(await notifications()).toHaveLength(1)
  })
})

describe('a change that a watch finds while notifications are off', () => {
  it('is known to the window, and nobody is notified', async () => {
    const { home, kubeconfig: file, planeId, remove } = await watchedPlane()
    onTestFinished(remove)
    const notified: AppNotification[] = []
    const before = await createApp({ home, host: 'terminal', kubeconfig: file })
    await before.client.settings.set({ notifications: false })
    await before.close()

    const app = await createApp({
      home,
      host: 'desktop',
      kubeconfig: file,
      notify: (notification) => void notified.push(notification),
    })
    onTestFinished(() => app.close())
    let found: WatchState | undefined
    for await (const [state] of await app.client.connectivity.watches()) {
      found = state
      if (state !== undefined && state.changes.length > 0 && !state.running) break
    }

    expect(found).toMatchObject({ planeId, changes: [{ endpoint: 'control-plane', kind: 'broke' }] })
    expect(notified).toEqual([])
  })
})
