import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { buildHelm } from '../../scripts/build-helm.ts'
import { cacheRoot } from '../../scripts/build-programs.ts'
import { apiOf } from '../bed/access.ts'
import { type Bed, startBed } from '../bed/bed.ts'
import { skipReason } from '../bed/with-bed.ts'
import { createAuthority } from '../peers/authority.ts'
import { type Keyring, noKeyring, startKeyring } from '../vault/keyring.ts'
import { launchChromium } from '../window/chromium.ts'
import { browse, type Page } from './browse.ts'
import { filesIn, findInFolder } from './folder.ts'
import { findSecrets } from './search.ts'
import { namespace, type Planted, plane, plantSecrets } from './secrets.ts'
import { type Shown, watchHangar } from './watched.ts'

const reason = [skipReason('simulated'), process.platform === 'linux' ? '' : 'it reads /proc']
  .filter(Boolean)
  .join('; ')
const limit = () => AbortSignal.timeout(30_000)

describe.skipIf(reason !== '')(`secrets that a user gives to Hangar ${reason}`, () => {
  let folder: string
  let bed: Bed
  let browser: Browser
  let keyring: Keyring | undefined
  let planted: Planted
  let secrets: string[]
  const authority = createAuthority('Canary authority')
  const presented: string[] = []
  const sockets = new Set<TLSSocket>()
  const server = createServer({ ...issued(), requestCert: true, rejectUnauthorized: false }, (socket: TLSSocket) => {
    sockets.add(socket)
    presented.push(String(socket.getPeerCertificate().subject?.CN))
    socket.on('error', () => undefined)
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
  })

  function issued() {
    const { certificate, key } = authority.issue({ names: ['localhost'], addresses: ['127.0.0.1'] })
    return { cert: certificate, key }
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-canary-'))
    await buildHelm()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    ;[bed, browser, keyring] = await Promise.all([
      startBed({ pods: 'simulated', dns: false, storage: false }, AbortSignal.timeout(120_000)),
      launchChromium(),
      noKeyring === undefined ? startKeyring() : undefined,
    ])
    const { port } = server.address() as AddressInfo // it listens on a port, not a path
    planted = await plantSecrets(join(folder, 'given'), bed.kubeconfig, port, authority)
    secrets = [...Object.values(planted.secrets), planted.others, planted.logged]
  }, 180_000)

  afterAll(async () => {
    await browser?.close()
    await bed?.down()
    await keyring?.stop()
    for (const socket of sockets) socket.destroy()
    server.close()
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  it('are each found by the search in the file that contains them', async () => {
    const files = [planted.kubeconfig, planted.valuesFile, planted.credentialsFile, planted.passphraseFile]
    const texts = await Promise.all(files.map((file) => readFile(file)))

    // The number of a key is not written as text in any file: it is part of the key's bytes.
    const missing = Object.entries(planted.secrets).filter(
      ([where, secret]) =>
        !where.endsWith('number') && texts.every((text) => findSecrets(text, 'given', [secret]).length === 0),
    )
    expect(missing).toEqual([])
    expect(new Set(secrets).size).toBe(secrets.length)
    expect(Math.min(...secrets.map((secret) => secret.length))).toBeGreaterThan(30)
  })

  describe.each(['keychain', 'passphrase'] as const)('with a vault that a %s protects', (guard) => {
    const skipped = guard === 'keychain' && noKeyring !== undefined
    let places: Record<'HANGAR_HOME' | 'HOME' | 'TMPDIR' | 'CONNECTED' | 'IMPORTED', string>
    const shown: (readonly [string, Shown])[] = []
    let page: Page | undefined

    const environment = () => ({
      ...places,
      HANGAR_CACHE: cacheRoot(),
      KUBECONFIG: planted.kubeconfig,
      XDG_DATA_HOME: undefined,
      XDG_CACHE_HOME: undefined,
      XDG_CONFIG_HOME: undefined,
      DBUS_SESSION_BUS_ADDRESS: guard === 'keychain' ? keyring?.environment.DBUS_SESSION_BUS_ADDRESS : 'disabled:',
      XDG_RUNTIME_DIR: guard === 'keychain' ? keyring?.environment.XDG_RUNTIME_DIR : undefined,
    })
    const opened = guard === 'passphrase' ? () => ['--passphrase-file', planted.passphraseFile] : () => []
    const run = async (...args: string[]): Promise<Shown> => runIn(places.HANGAR_HOME, ...args)
    const runIn = async (home: string, ...args: string[]): Promise<Shown> => {
      const ended = await watchHangar(args, { ...environment(), HANGAR_HOME: home }).ended
      shown.push([args.join(' '), ended])
      return ended
    }
    const succeed = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await run(...args)
      expect({ code, stderr }, args.join(' ')).toEqual({ code: 0, stderr })
      return stdout
    }

    beforeAll(async () => {
      const own = join(folder, guard)
      const within = (name: string): string => join(own, name)
      places = {
        HANGAR_HOME: within('state'),
        HOME: within('home'),
        TMPDIR: within('tmp'),
        // State folders of other planes.
        CONNECTED: within('connected'),
        IMPORTED: within('imported'),
      }
      for (const place of Object.values(places)) await mkdir(place, { recursive: true, mode: 0o700 })
    })

    it.skipIf(skipped)(
      'reach the cluster through the terminal host',
      async () => {
        const given = ['--values', planted.valuesFile, '--credentials', planted.credentialsFile, ...opened()]
        await succeed(
          'preflight',
          '--profile',
          planted.profileFile,
          '--context',
          bed.name,
          '--output',
          'json',
          ...given,
        )
        // A preflight keeps no plane.
        const described = ['--profile', planted.profileFile, '--context', bed.name, ...given]
        await succeed('plan', '--output', 'json', ...described)
        // Without a terminal there is no answer: nothing is changed.
        const unconfirmed = await run('install', ...opened())
        expect(unconfirmed).toMatchObject({ code: 2, stderr: expect.stringContaining('use --yes') })
        await succeed('install', '--yes', ...opened())
        // The API server refuses this label and quotes it.
        const refused = join(folder, 'given', 'refused.yaml')
        const { settings, overrides } = parse(await readFile(planted.valuesFile, 'utf8'))
        const words = { ...overrides.words, label: `${planted.password} !` }
        await writeFile(refused, stringify({ settings, overrides: { words } }), { mode: 0o600 })
        const refusal = await run('install', '--yes', '--values', refused, ...opened())
        expect(refusal.code).toBe(1)
        expect(refusal.stderr).toMatch(/Invalid value.*\[hidden\]/s)
        await succeed('install', '--yes', '--values', planted.valuesFile, ...opened())
        await run('check', '--output', 'json', '--plane', plane, ...opened())
        await succeed('status', '--timeout', '60', '--output', 'json')
        await run('logs', '--collect', '--for', '2s', ...opened())
        await succeed('logs', '--output', 'json', ...opened())
        await run('contexts', '--output', 'json')

        const api = await apiOf(bed)
        const text = async (name: string, key: string): Promise<string> => {
          const { data } = await api.get(`/api/v1/namespaces/${namespace}/secrets/${name}`, limit())
          return Buffer.from(String(Reflect.get(Object(data), key)), 'base64').toString()
        }
        expect(await text('agent', 'token')).toBe(planted.token)
        expect(await text('words', 'password')).toBe(planted.password)

        // What others put in the place of a secret is not shown either.
        const other = Buffer.from(planted.others).toString('base64')
        await api.patch(`/api/v1/namespaces/${namespace}/secrets/words`, { data: { password: other } }, limit())
        const drift = await run('plan', '--output', 'diff', ...opened())
        expect(drift.stdout).toMatch(/Secret canary\/words/)
        const connected = ['connect', '--profile', planted.profileFile, '--context', bed.name, '--yes']
        expect(await runIn(places.CONNECTED, ...connected)).toMatchObject({ code: 0 })

        // The process tree was recorded: helm must be in it.
        expect(
          shown.flatMap(([, { processes }]) => processes).some((seen) => /helm\0(install|upgrade)/.test(seen)),
        ).toBe(true)
      },
      300_000,
    )

    const ofOneGuard = guard === 'passphrase' ? it : undefined
    ofOneGuard?.(
      'are in no file or output when they are in a log that is imported, except where that is wanted',
      async () => {
        const log = join(folder, 'given', `${guard}.log`)
        const line = (text: string): string => `time=2026-03-14T09:26:53Z level=INFO ${text}\n`
        await writeFile(log, line(`password=${planted.logged}`) + line('msg=next'), { mode: 0o600 })
        const home = places.IMPORTED
        const where = ['--profile', planted.profileFile, '--context', bed.name]
        await runIn(home, 'plan', ...where, '--values', planted.valuesFile, ...opened())
        const logs = async (...args: string[]): Promise<string> => {
          const { code, stdout, stderr } = await runIn(home, 'logs', ...args, ...opened())
          expect({ code, stderr }, args.join(' ')).toEqual({ code: 0, stderr })
          return stdout
        }
        await logs('import', log, '--source', 'words')
        const next: unknown = JSON.parse(await logs('next', '--output', 'ndjson'))
        const exported = await logs('export', '--format', 'csv')

        expect(exported).toContain('password=***')
        expect(exported).toContain('msg=next')
        // Not among what is searched: the user asked for it.
        const asked = await watchHangar(['logs', 'around', String(Reflect.get(Object(next), 'id')), ...opened()], {
          ...environment(),
          HANGAR_HOME: home,
        }).ended
        expect(asked.stdout).toContain(planted.logged)
        expect(await findInFolder(home, secrets)).toEqual([])
      },
      120_000,
    )

    it.skipIf(skipped)(
      'are used by the window, through the browser host',
      async () => {
        const serving = watchHangar(['serve'], environment())
        try {
          const passphrase =
            guard === 'passphrase' ? (await readFile(planted.passphraseFile, 'utf8')).trim() : undefined
          page = await browse(browser, await serving.firstLine, { plane, passphrase, context: 'with-token' })
        } finally {
          serving.stop()
        }
        shown.push(['serve', await serving.ended])

        expect(page.tabs).toEqual([
          'Overview',
          'Connectivity',
          'Workloads',
          'Logs',
          'Activity',
          'About',
          'Installation',
        ])
        // The window displayed data; otherwise there was nothing to leak.
        expect(page.received.length).toBeGreaterThan(20)
        expect(page.texts.join('\n')).toContain('with-token')
        expect(presented).toContain('agent')
      },
      240_000,
    )

    it.skipIf(skipped)(
      'are in no file of the state folder or of the user’s home',
      async () => {
        const kept = await filesIn(places.HANGAR_HOME)

        expect(kept).toContain('vault.json')
        expect(kept.filter((name) => name.startsWith('operations/')).length).toBeGreaterThan(0)
        expect(await findInFolder(places.HANGAR_HOME, secrets)).toEqual([])
        expect(await findInFolder(places.HOME, secrets)).toEqual([])
        expect(await filesIn(places.CONNECTED)).not.toEqual([])
        expect(await findInFolder(places.CONNECTED, secrets)).toEqual([])
      },
      120_000,
    )

    it.skipIf(skipped)('leave no temporary file behind', async () => {
      expect(await filesIn(places.TMPDIR)).toEqual([])
      expect((await filesIn(places.HANGAR_HOME)).filter((name) => name.startsWith('tmp/'))).toEqual([])
    })

    it.skipIf(skipped)(
      'are in nothing that a command prints',
      () => {
        const leaks = shown.flatMap(([command, { stdout, stderr }]) => [
          ...findSecrets(Buffer.from(stdout), `stdout of ${command}`, secrets),
          ...findSecrets(Buffer.from(stderr), `stderr of ${command}`, secrets),
        ])
        expect(leaks).toEqual([])
      },
      60_000,
    )

    it.skipIf(skipped)(
      'are in no argument or environment of a process',
      () => {
        const leaks = shown.flatMap(([command, { processes }]) =>
          processes.flatMap((seen) => findSecrets(Buffer.from(seen, 'latin1'), `a process of ${command}`, secrets)),
        )
        expect(leaks).toEqual([])
      },
      60_000,
    )

    it.skipIf(skipped)(
      'are in no message to the window and nowhere on its page',
      () => {
        const frames = (page?.received ?? []).flatMap((frame, index) => findSecrets(frame, `frame ${index}`, secrets))
        const texts = (page?.texts ?? []).flatMap((text, index) =>
          findSecrets(Buffer.from(text), `page ${index}`, secrets),
        )
        expect([...frames, ...texts]).toEqual([])
      },
      120_000,
    )

    it.skipIf(skipped)(
      'are found if one of them is leaked',
      async () => {
        const file = join(places.HANGAR_HOME, 'workloads-leaked.bin')
        await writeFile(file, gzipSync(JSON.stringify({ level: 'INFO', message: `token=${planted.token}` })))

        const leaks = await findInFolder(places.HANGAR_HOME, secrets)
        await rm(file)

        expect(leaks).toContainEqual({ where: 'workloads-leaked.bin → gzip', form: 'raw' })
        expect(new Set(leaks.map(({ where }) => where)).size).toBe(1)
      },
      60_000,
    )

    it.skipIf(skipped)(
      'are removed from the cluster with the plane',
      async () => {
        // The chart's own Secret is a loss that --yes does not accept.
        const refused = await run('uninstall', '--yes', ...opened())
        expect(refused.code).toBe(2)
        const losses = [...refused.stderr.matchAll(/--accept-loss (\S+:\S+)/g)].map(([, id = '']) => id)
        expect(losses).toEqual([`secret:${namespace}/words`])
        await succeed('uninstall', '--yes', ...losses.flatMap((id) => ['--accept-loss', id]), ...opened())

        const left = await (await apiOf(bed)).list(`/api/v1/namespaces/${namespace}/secrets`, limit())
        expect(left.map(({ metadata }) => metadata.name)).toEqual([])
      },
      120_000,
    )
  })
})
