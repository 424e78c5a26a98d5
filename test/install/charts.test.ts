import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHelm, type Helm } from '../../main/install/helm/helm.ts'
import { findHelm } from '../../main/install/helm/helm-program.ts'
import { fetchChart, storedChart } from '../../main/install/plan/charts.ts'
import { type InstallSession, resolveDesired } from '../../main/install/plan/install-session.ts'
import type { InstallPorts, PlannedPlane } from '../../main/install/ports.ts'
import { Profile } from '../../preload/contract/profiles.ts'
import { buildHelm } from '../../scripts/build-helm.ts'
import { run } from '../../scripts/run.ts'
import { build, programPath } from '../bed/programs.ts'
import { until } from '../bed/until.ts'
import { skipReason } from '../bed/with-bed.ts'
import { chartsFolder, profileOf } from './setup.ts'

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
  let setup: { readonly helm: Helm; readonly folder: string; readonly home: string }
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-charts-'))
    await buildHelm()
    helm = createHelm(await findHelm('bundled', '', limit()), join(folder, 'home'))
    setup = { helm, folder, home: join(folder, 'home') }
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
    expect(await storedChart(first.digest, setup, limit())).toEqual(first)
    expect(await storedChart('0'.repeat(64), setup, limit())).toBeUndefined()
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
    await expect(fetchChart({ path: 'not-a-chart.tgz' }, setup, limit())).rejects.toMatchObject({ code: 'HELM_FAILED' })
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
