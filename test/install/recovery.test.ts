import { cp, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openCluster } from '../../main/lib/kubernetes/open.ts'
import { buildHelm } from '../../scripts/build-helm.ts'
import { type Bed, startBed } from '../bed/bed.ts'
import { skipReason } from '../bed/with-bed.ts'
import { createSandbox } from '../terminal/sandbox.ts'
import { exists, revisions } from './cluster.ts'
import { chartsFolder, type InstallSetup, openSetup, profileOf, runOperation, type TestHangar } from './setup.ts'

const reason = skipReason('real')
const limit = (seconds = 100) => AbortSignal.timeout(seconds * 1_000)

describe.skipIf(reason !== '')(`recovery on a real cluster ${reason}`, () => {
  let bed: Bed
  let program: string
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-recovery-'))
    program = await buildHelm()
    bed = await startBed({ dns: false, storage: false }, AbortSignal.timeout(280_000))
  }, 290_000)
  afterAll(async () => {
    await bed?.down()
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  async function openClient() {
    const client = await openCluster({ files: [bed.kubeconfig], contextName: bed.name, environment: {} })
    onTestFinished(() => client.close())
    return client
  }

  function newSetup(name: string, chart: string, more: Partial<InstallSetup> = {}): InstallSetup {
    const release = { name, namespace: name, chart: { path: chart }, timeoutSeconds: 60 }
    return {
      kubeconfig: bed.kubeconfig,
      context: bed.name,
      home: join(folder, name),
      helm: program,
      profile: profileOf(name, { releases: [release] }),
      ...more,
    }
  }

  async function open(setup: InstallSetup): Promise<TestHangar> {
    const hangar = await openSetup(setup)
    onTestFinished(() => hangar.close())
    return hangar
  }

  it('shows the end of the log of a hook that failed, without its secrets, although helm deletes the hook', async () => {
    const canary = 'canary-5f0b1c'
    const check = `echo no route to the database; echo password=${canary}; sleep 2; exit 3`
    const hangar = await open(
      newSetup('failing', 'hooked', { overrides: { failing: { check, deletePolicy: 'hook-failed' } } }),
    )

    const failed = await runOperation(hangar, 'install', limit())

    expect(failed.problem?.message).toContain('The log of Job failing-check ends with: ')
    expect(failed.problem?.evidence).toMatch(
      /^Log of Job failing-check, pod failing-check-\w+, container main:\nno route/,
    )
    expect(failed.steps.find(({ state }) => state === 'failed')?.message).toContain('Job failing-check')
    expect(JSON.stringify(failed)).not.toContain(canary)
  })

  it('reaches a plane by another kubeconfig of its cluster, and finds it by its marks once its home is lost', async () => {
    const client = await openClient()
    const sandbox = await createSandbox()
    const name = 'moved'
    const release = { name, namespace: name, chart: { path: 'small' }, timeoutSeconds: 60 }
    await cp(join(chartsFolder, 'small'), join(sandbox.folder, 'small'), { recursive: true })
    const profile = await sandbox.file('moved.yaml', profileOf(name, { releases: [release] }))
    const passphrase = await sandbox.file('passphrase', 'a passphrase of this test')
    const first = await sandbox.file('first', await readFile(bed.kubeconfig, 'utf8'))
    const second = join(sandbox.folder, 'second')
    const use = ['--passphrase-file', passphrase, '--yes']

    const installed = await sandbox.run('install', '--profile', profile, '--kubeconfig', first, ...use)
    expect(installed.stderr).toContain('done: Verify')
    expect(installed.code).toBe(0)
    await rename(first, second)

    const lost = await sandbox.run('plan', '--plane', name)
    expect(lost.stderr).toMatch(/CONTEXT_UNKNOWN: .* --kubeconfig FILE, .*hangar set-context/)
    const reached = await sandbox.run('status', '--plane', name, '--kubeconfig', second)
    expect(reached.stderr).toContain('is on the cluster of the context')
    expect(reached.stderr).toContain(': live')
    const set = await sandbox.run('set-context', '--plane', name, '--kubeconfig', second, '--context', bed.name)
    expect(set.code).toBe(0)
    const planned = await sandbox.run('plan', '--plane', name, '--kubeconfig', second)
    expect(planned).toMatchObject({ code: 0, stdout: expect.stringContaining('Keep moved') })
    expect(planned.stderr).not.toContain('is on the cluster of the context')

    await rm(sandbox.state, { recursive: true })
    const where = ['--profile', profile, '--kubeconfig', second, '--context', bed.name]
    const found = await sandbox.run('status', ...where)
    expect(found.stderr).toContain(`Reconnected the plane "${name}"`)
    await rm(sandbox.state, { recursive: true })
    const removed = await sandbox.run('uninstall', ...where, '--yes')
    expect(removed.stderr).toContain(`Reconnected the plane "${name}"`)
    expect(removed.code).toBe(0)
    expect(await revisions(client, name, name)).toEqual([])
    expect(await exists(client, 'Namespace', name)).toBe(false)
    await rm(sandbox.state, { recursive: true })
    const gone = await sandbox.run('uninstall', ...where, '--yes')
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining('PLANE_UNKNOWN')])
  })
})
