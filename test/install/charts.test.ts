import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHelm, type Helm } from '../../main/install/helm/helm.ts'
import { findHelm } from '../../main/install/helm/helm-program.ts'
import { fetchChart, storedChart } from '../../main/install/plan/charts.ts'
import { type InstallSession, resolveDesired } from '../../main/install/plan/install-session.ts'
import type { InstallPorts, PlannedPlane } from '../../main/install/ports.ts'
import { type Chart, Profile } from '../../preload/contract/profiles.ts'
import { buildHelm } from '../../scripts/build-helm.ts'
import { run } from '../../scripts/run.ts'
import { build, programPath } from '../bed/programs.ts'
import { type TarEntry, tar } from '../bed/tar.ts'
import { until } from '../bed/until.ts'
import { skipReason } from '../bed/with-bed.ts'
import { chartsFolder, neverAsked, profileOf } from './setup.ts'

const limit = () => AbortSignal.timeout(30_000)
const reason = skipReason('simulated')

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

describe.skipIf(reason !== '')(`charts ${reason}`, () => {
  let folder: string
  let helm: Helm
  let setup: { readonly helm: Helm; readonly folder: string; readonly root: string; readonly home: string }
  /** Without the cache of another test. */
  const helmIn = (home: string): Helm => createHelm(helm.program, home)
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-charts-'))
    await buildHelm()
    helm = createHelm(await findHelm('bundled', async () => neverAsked(), limit()), join(folder, 'home'))
    setup = { helm, folder, root: folder, home: join(folder, 'home') }
    await cp(join(chartsFolder, 'small'), join(folder, 'small'), { recursive: true })
  }, 290_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('of a folder have a digest of their content', async () => {
    const first = await fetchChart({ path: 'small' }, setup, limit())
    const again = await fetchChart({ path: 'small' }, { ...setup, home: join(folder, 'other') }, limit())
    await writeFile(join(folder, 'small', 'values.yaml'), 'greeting: changed\n')
    const changed = await fetchChart({ path: 'small' }, setup, limit())

    expect(first).toMatchObject({ name: 'small', version: '0.1.0' })
    expect(again.digest).toBe(first.digest)
    expect(changed.digest).not.toBe(first.digest)
    // The chart of an earlier plan stays available.
    expect(await storedChart(first.digest, setup.home)).toEqual(first)
    expect(await storedChart('0'.repeat(64), setup.home)).toBeUndefined()
  })

  it('that changed since the profile was approved are not planned', async () => {
    const chart = { path: 'pinned' }
    await cp(join(chartsFolder, 'small'), join(folder, 'pinned'), { recursive: true })
    const { digest } = await fetchChart(chart, setup, limit())
    const profile = Profile.parse(profileOf('pinned', { releases: [{ name: 'small', namespace: 'small', chart }] }))
    const plan = (chartDigests: Readonly<Record<string, string>>) =>
      resolveDesired(
        { home: setup.home, credentials: () => [] } as unknown as InstallPorts, // the ports that it uses
        {
          plane: { id: 'none', profile: 'pinned', settings: {}, overrides: {} } as unknown as PlannedPlane, // as above
          loaded: { profile, folder, root: folder, chartDigests },
        } as unknown as InstallSession, // as above
        helm,
        {},
        limit(),
      )

    expect((await plan({ pinned: digest })).releases).toHaveLength(1)
    await writeFile(join(folder, 'pinned', 'values.yaml'), 'greeting: changed\n')
    await expect(plan({ pinned: digest })).rejects.toMatchObject({ code: 'PROFILE_CHANGED' })
    await expect(plan({})).rejects.toMatchObject({ code: 'PROFILE_CHANGED' })
  })

  it('are named in the error where the path is missing or is not a chart', async () => {
    await expect(fetchChart({ path: 'none' }, setup, limit())).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringContaining(join(folder, 'none')),
    })
    await writeFile(join(folder, 'not-a-chart.tgz'), 'text')
    await expect(fetchChart({ path: 'not-a-chart.tgz' }, setup, limit())).rejects.toMatchObject({
      code: 'FILE_INVALID',
    })
  })

  describe('of a repository', () => {
    const metadata = (name: string, version = '1.0.0') =>
      Buffer.from(`apiVersion: v2\nname: ${name}\nversion: ${version}\n`)
    const packed = (name: string, ...entries: TarEntry[]) =>
      gzipSync(tar([{ path: `${name}/Chart.yaml`, data: metadata(name) }, ...entries]))
    const kubeconfig = Buffer.from(
      'apiVersion: v1\nkind: Config\nusers: [{name: a, user: {exec: {command: /bin/sh}}}]\n',
    )

    /** A chart repository that answers every request for the chart with this response. */
    async function serve(
      respond: (response: ServerResponse) => void,
      use: (chart: Chart & object, home: string) => Promise<void>,
      host = '127.0.0.1',
    ): Promise<void> {
      const server = createHttpServer((request, response) => {
        if (request.url !== '/index.yaml') return respond(response)
        const entry = { apiVersion: 'v2', name: 'a', version: '1.0.0', urls: ['a-1.0.0.tgz'] }
        response.end(JSON.stringify({ apiVersion: 'v1', entries: { a: [entry] } }))
      })
      await new Promise<void>((resolve) => server.listen(0, host, resolve))
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      const home = await mkdtemp(join(folder, 'home-'))
      try {
        await use({ repository: `http://${host}:${port}`, name: 'a', version: '1.0.0' }, home)
      } finally {
        server.close()
        server.closeAllConnections()
      }
    }

    /** Every file of the state folder that could be read as a chart or a kubeconfig. */
    const leftIn = async (home: string): Promise<string[]> =>
      (await readdir(home, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile() && !entry.parentPath.includes(join('helm', 'cache')))
        .map(({ name }) => name)

    it.each<[string, Buffer]>([
      ['a kubeconfig with a program to run', kubeconfig],
      ['a kubeconfig in a gzip file', gzipSync(kubeconfig)],
      ['another chart', packed('b')],
      ['a chart of another version', gzipSync(tar([{ path: 'a/Chart.yaml', data: metadata('a', '9.0.0') }]))],
      ['a symbolic link', packed('a', { path: 'a/values.yaml', link: '/etc/passwd' })],
      ['a path outside of the chart', packed('a', { path: 'a/../../../.bashrc', data: kubeconfig })],
    ])('are not stored if the server sends %s', async (_what, bytes) => {
      await serve(
        (response) => response.end(bytes),
        async (chart, home) => {
          await expect(fetchChart(chart, { ...setup, helm: helmIn(home), home }, limit())).rejects.toMatchObject({
            code: expect.stringMatching(/FILE_INVALID|HELM_FAILED/),
          })
          expect(await leftIn(home)).toEqual([])
        },
      )
    })

    it('are pinned at the first download, and refused if the same version changes', async () => {
      let bytes = packed('a')
      await serve(
        (response) => response.end(bytes),
        async (chart, home) => {
          const context = { ...setup, helm: helmIn(home), home }
          const first = await fetchChart(chart, context, limit())
          expect(await fetchChart(chart, context, limit())).toEqual(first)
          bytes = packed('a', { path: 'a/templates/x.yaml', data: kubeconfig })
          await rm(join(home, 'helm', 'cache'), { recursive: true, force: true })
          await expect(fetchChart(chart, context, limit())).rejects.toMatchObject({
            code: 'CHART_CHANGED',
            evidence: expect.stringContaining(first.digest),
          })
          const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
          expect(await fetchChart({ ...chart, digest } as Chart, context, limit())).toMatchObject({ name: 'a' })
          await expect(
            fetchChart({ ...chart, digest: `sha256:${'0'.repeat(64)}` } as Chart, context, limit()),
          ).rejects.toMatchObject({ code: 'CHART_CHANGED' })
        },
      )
    })

    const own = Object.values(networkInterfaces())
      .flat()
      .find((each) => each?.family === 'IPv4' && !each.internal)?.address
    it.skipIf(own === undefined)('are not taken from a redirect to plain HTTP', async () => {
      let requests = 0
      await serve(
        (response) => {
          requests += 1
          response.end(packed('a'))
        },
        (plain) =>
          serve(
            (response) =>
              response.writeHead(302, { location: `${Reflect.get(plain, 'repository')}/a-1.0.0.tgz` }).end(),
            async (chart, home) => {
              await expect(fetchChart(chart, { ...setup, helm: helmIn(home), home }, limit())).rejects.toMatchObject({
                code: 'HELM_FAILED',
              })
              expect(requests).toBe(0)
            },
          ),
        own,
      )
    })
  })

  describe('of someone else', () => {
    it.each<[string, string]>([
      ['allocates without end', '{{ range until 100000000 }}{{ repeat 1000 "x" }}{{ end }}'],
      ['repeats a text to a gigabyte', '{{ $x := repeat 1073741824 "x" }}{{ len (cat $x $x $x) }}'],
      ['includes itself', '{{ define "a" }}{{ include "a" . }}{{ include "a" . }}{{ end }}{{ include "a" . }}'],
      [
        'expands a value that refers to itself',
        '{{ $x := .Values.x }}{{ range until 40 }}{{ $x = cat $x $x }}{{ end }}{{ $x }}',
      ],
    ])(
      'end with HELM_FAILED while the memory of Hangar stays flat, if a template %s',
      async (_what, template) => {
        const hostile = await mkdtemp(join(folder, 'hostile-'))
        await mkdir(join(hostile, 'templates'))
        await writeFile(join(hostile, 'Chart.yaml'), 'apiVersion: v2\nname: hostile\nversion: 1.0.0\n')
        await writeFile(join(hostile, 'values.yaml'), 'x: abcdefgh\n')
        await writeFile(join(hostile, 'templates', 'a.yaml'), template)
        const chart = await fetchChart({ path: basename(hostile) }, setup, limit())
        const release = { name: 'a', namespace: 'a', file: chart.file, values: {} }
        const before = process.memoryUsage().rss

        const rendering = helm.template(release, { version: 'v1.36.0', apiVersions: [] }, AbortSignal.timeout(90_000))

        await expect(rendering).rejects.toMatchObject({ code: 'HELM_FAILED' })
        expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1_048_576)
      },
      100_000,
    )
  })

  it('of a registry are pulled, also by digest, and a wrong digest is refused', async () => {
    await build(['registry'], {})
    const port = await freePort()
    const config = join(folder, 'registry.yml')
    await writeFile(config, `version: 0.1\nstorage: {inmemory: {}}\nhttp: {addr: "127.0.0.1:${port}"}\n`)
    const registry = spawn(programPath('registry'), ['serve', config], { stdio: 'ignore' })
    try {
      const home = `http://127.0.0.1:${port}/v2/`
      await until(
        'The registry',
        () =>
          fetch(home).then(
            ({ ok }) => ok,
            () => false,
          ),
        10_000,
        limit(),
      )
      const archive = (await fetchChart({ path: 'small' }, setup, limit())).file
      const repository = `oci://127.0.0.1:${port}/charts`
      const pushed = await run(helm.program.path, ['push', archive, repository, '--plain-http'], { signal: limit() })
      const [digest = ''] = /sha256:[0-9a-f]{64}/.exec(pushed.stdout + pushed.stderr) ?? []
      const chart = { oci: `${repository}/small`, version: '0.1.0' }

      const byVersion = await fetchChart(chart, setup, limit())
      const byDigest = await fetchChart({ ...chart, digest }, setup, limit())
      const other = fetchChart({ ...chart, digest: `sha256:${'0'.repeat(64)}` }, setup, limit())

      expect(await readFile(byVersion.file)).toEqual(await readFile(archive))
      expect(byDigest).toEqual(byVersion)
      await expect(other).rejects.toMatchObject({ code: 'HELM_FAILED' })
    } finally {
      registry.kill('SIGKILL')
    }
  }, 290_000)
})
