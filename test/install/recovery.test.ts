import { execFileSync, spawn } from 'node:child_process'
import { cp, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { KubernetesClient } from '../../main/lib/kubernetes/client.ts'
import { createObject, deleteObject, getObject } from '../../main/lib/kubernetes/objects.ts'
import { openCluster } from '../../main/lib/kubernetes/open.ts'
import { skipReason } from '../bed/with-bed.ts'
import { createSandbox } from '../terminal/sandbox.ts'
import { exists, revisions } from './cluster.ts'
import { useInstallBed } from './install-bed.ts'
import { chartsFolder, type InstallSetup, planeId, profileOf, runOperation, type TestHangar } from './setup.ts'

const reason = skipReason('real')
const mergePatch = 'application/merge-patch+json'
const thingSpec = {
  group: 'stuck.hangar.test',
  scope: 'Namespaced',
  names: { kind: 'Thing', plural: 'things', singular: 'thing', listKind: 'ThingList' },
  versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
}
const limit = (seconds = 100) => AbortSignal.timeout(seconds * 1_000)

describe.skipIf(reason !== '')(`recovery on a real cluster ${reason}`, () => {
  const on = useInstallBed('recovery')

  async function openClient() {
    const client = await openCluster({ files: [on.bed.kubeconfig], contextName: on.bed.name, environment: {} })
    onTestFinished(() => client.close())
    return client
  }

  function newSetup(name: string, chart: string, more: Partial<InstallSetup> = {}): InstallSetup {
    const release = { name, namespace: name, chart: { path: chart }, timeoutSeconds: 60 }
    return { ...on.setup(name, profileOf(name, { releases: [release] })), ...more }
  }

  it('shows the end of the log of a hook that failed, without its secrets, although helm deletes the hook', async () => {
    const canary = 'canary-5f0b1c'
    const check = `echo no route to the database; echo password=${canary}; sleep 2; exit 3`
    const hangar = await on.open(
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

  it('makes a damaged record again from the cluster, and uninstalls a release whose record is gone', async () => {
    const name = 'lost'
    const hangar = await on.open(newSetup(name, 'small'))
    const { client } = hangar
    await runOperation(hangar, 'install', limit())
    const path = `/api/v1/namespaces/${name}/secrets`
    const damaged = { body: { data: { release: Buffer.from('damaged').toString('base64') } }, contentType: mergePatch }
    await client.request('PATCH', `${path}/sh.helm.release.v1.${name}.v1`, damaged, limit())
    const deployment = await getObject(
      client,
      { apiVersion: 'apps/v1', kind: 'Deployment' },
      { namespace: name, name },
      limit(),
    )

    const plan = await hangar.install.plan(planeId, 'install', limit())
    const recovered = await runOperation(hangar, 'install', limit())

    expect(plan.losses).toMatchObject([{ id: `recover:${name}`, message: expect.stringContaining('the 2 objects') }])
    expect(recovered.problem).toBeUndefined()
    expect(await revisions(client, name, name)).toEqual(['1 superseded', '2 deployed'])
    const after = await getObject(
      client,
      { apiVersion: 'apps/v1', kind: 'Deployment' },
      { namespace: name, name },
      limit(),
    )
    expect(after?.metadata.uid).toBe(deployment?.metadata.uid)

    const records = { labelSelector: `owner=helm,name=${name}` }
    await client.request('DELETE', path, { query: records }, limit())
    const uninstall = await hangar.install.plan(planeId, 'uninstall', limit())
    const removed = await runOperation(hangar, 'uninstall', limit())

    expect(uninstall.losses).toMatchObject([{ id: `recover:${name}`, kind: 'recovery' }])
    expect(uninstall.losses[0]?.objects.map(({ kind }) => kind).toSorted()).toEqual(['ConfigMap', 'Deployment'])
    expect(removed.problem).toBeUndefined()
    expect(await exists(client, 'Namespace', name)).toBe(false)
  })

  it('recovers a rollback that another helm left, once that helm can have ended', async () => {
    const name = 'rolled'
    const hangar = await on.open(newSetup(name, 'small'))
    const { client } = hangar
    await runOperation(hangar, 'install', limit())
    const where = ['--namespace', name, '--kubeconfig', on.bed.kubeconfig]
    const chart = join(chartsFolder, 'small')
    execFileSync(on.helm, ['upgrade', name, chart, ...where, '--set', `image=127.0.0.1:1/missing-${name}:1`])
    execFileSync(on.helm, ['upgrade', name, chart, ...where, '--set', 'greeting=theirs'])
    const rollback = spawn(on.helm, ['rollback', name, '2', ...where, '--wait=watcher'], { stdio: 'ignore' })
    onTestFinished(() => void rollback.kill('SIGKILL'))
    while ((await revisions(client, name, name)).at(-1) !== '4 pending-rollback') limit().throwIfAborted()

    const plan = await hangar.install.plan(planeId, 'install', limit())
    const acceptedLosses = plan.losses.map(({ id }) => id)
    const { id } = await hangar.install.start(
      { planeId, action: 'install', digest: plan.digest, acceptedLosses },
      limit(),
    )
    const waits = await untilWaiting(hangar, id)
    const meanwhile = await revisions(client, name, name)
    rollback.kill('SIGKILL')
    const path = `/api/v1/namespaces/${name}/secrets/sh.helm.release.v1.${name}.v4`
    const anHourAgo = String(Math.floor(Date.now() / 1_000) - 3_600)
    const labels = { body: { metadata: { labels: { modifiedAt: anHourAgo } } }, contentType: mergePatch }
    await client.request('PATCH', path, labels, limit())
    const ended = await hangar.operations.ended(id, limit())

    expect(plan.steps).toMatchObject([
      {
        kind: 'helm-recover',
        notes: [expect.anything(), expect.stringMatching(/Hangar did not start .* waits/), expect.anything()],
      },
      { kind: 'verify' },
    ])
    expect(plan.losses).toMatchObject([{ id: `recover:${name}`, message: expect.stringContaining('to revision 3') }])
    expect(waits).toContain('another helm may be working on it')
    expect(meanwhile.at(-1)).toBe('4 pending-rollback')
    expect(ended.problem).toBeUndefined()
    expect((await revisions(client, name, name)).slice(-2)).toEqual(['5 superseded', '6 deployed'])
  })

  /** Why a step of the operation waits. */
  async function untilWaiting({ operations }: TestHangar, id: string): Promise<string> {
    for await (const { operations: all } of operations.watch(limit(30))) {
      const waiting = all.find((each) => each.id === id)?.steps.flatMap(({ waitingOn }) => waitingOn) ?? []
      if (waiting[0] !== undefined) return waiting[0].why
    }
    throw new Error('It never waited.')
  }

  it('leaves an uninstall that a missing kind, a failing hook and a finalizer stop, each by its own way out', async () => {
    const name = 'stuck'
    const release = { name, namespace: name, chart: { path: 'stuck' }, timeoutSeconds: 12 }
    const hangar = await on.open({ ...newSetup(name, 'stuck'), profile: profileOf(name, { releases: [release] }) })
    const { client } = hangar
    const definition = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' }
    await createObject(
      client,
      { ...definition, metadata: { name: 'things.stuck.hangar.test' }, spec: thingSpec },
      limit(),
    )
    await untilServed(client)
    expect((await runOperation(hangar, 'install', limit())).problem).toBeUndefined()
    await deleteObject(client, definition, { name: 'things.stuck.hangar.test' }, {}, limit())
    await untilServed(client, false)

    const plan = await hangar.install.plan(planeId, 'uninstall', limit())
    const stopped = await runOperation(hangar, 'uninstall', limit())
    const hooked = await hangar.install.plan(planeId, 'uninstall', limit())
    const held = await runOperation(hangar, 'uninstall', limit(), ['hooks'])
    const freed = await hangar.install.plan(planeId, 'uninstall', limit())
    const removed = await runOperation(hangar, 'uninstall', limit(), ['finalizer'])

    expect(plan).toMatchObject({
      losses: [{ id: 'kinds:stuck', message: expect.stringContaining('Thing stuck/stuck') }],
      ways: [],
    })
    expect(stopped.problem?.message).toContain('The log of Job stuck-cleanup ends with: the cloud does not answer')
    expect(hooked).toMatchObject({ losses: [], ways: [{ id: 'hooks:stuck', objects: [{ name: 'stuck-cleanup' }] }] })
    expect(held.problem).toMatchObject({ code: 'STEP_TIMED_OUT', message: expect.stringContaining('hangar.test/hold') })
    expect(freed.ways.map(({ id }) => id)).toEqual(['finalizer:v1/ConfigMap/stuck/stuck-held:hangar.test/hold'])
    expect(removed.problem).toBeUndefined()
    expect(await exists(client, 'Namespace', name)).toBe(false)
  })

  async function untilServed(client: KubernetesClient, served = true): Promise<void> {
    const end = limit(20)
    for (;;) {
      const { groups } = await client.request<{ groups: { name: string }[] }>('GET', '/apis', {}, end)
      if (groups.some((group) => group.name === 'stuck.hangar.test') === served) return
    }
  }

  it('connects to a plane that another helm installed, with the settings that its values show', async () => {
    const sandbox = await createSandbox()
    const name = 'by-hand'
    const release = { name, namespace: name, chart: { path: 'small' }, values: { greeting: 'hello ${word}' } }
    await cp(join(chartsFolder, 'small'), join(sandbox.folder, 'small'), { recursive: true })
    const component = { id: 'main', title: 'Main', summary: '', providedBy: 'release' }
    const parts = [{ kind: 'Deployment', namespace: name, name }]
    const settings = { type: 'object', properties: { word: { type: 'string' } } }
    const more = { settings, releases: [release], components: [{ ...component, parts }] }
    const profile = await sandbox.file('by-hand.yaml', profileOf(name, more))
    const installed = ['install', name, join(chartsFolder, 'small'), '--namespace', name, '--create-namespace']
    execFileSync(on.helm, [...installed, '--set', 'greeting=hello world', '--kubeconfig', on.bed.kubeconfig])
    const where = ['--profile', profile, '--kubeconfig', on.bed.kubeconfig, '--context', on.bed.name]

    const asked = await sandbox.run('connect', ...where)
    expect([asked.code, asked.stdout]).toEqual([2, expect.stringMatching(/by-hand +by-hand +found +another helm/)])
    const { code, stdout } = await sandbox.run('connect', ...where, '--name', 'theirs', '--yes', '--output', 'json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout).plane).toMatchObject({ settings: { word: 'world' }, installedBy: 'others' })
    const status = await sandbox.run('status', '--plane', 'theirs', '--kubeconfig', on.bed.kubeconfig)
    expect(status.stderr).toContain(': live')
    const plan = await sandbox.run('plan', '--plane', 'theirs', '--kubeconfig', on.bed.kubeconfig)
    expect([plan.code, plan.stdout]).toEqual([0, expect.stringContaining('adopt:by-hand')])
    const nothing = await sandbox.run('connect', '--profile', 'demo', '--kubeconfig', on.bed.kubeconfig, '--yes')
    expect(nothing).toMatchObject({ code: 2, stderr: expect.stringContaining('No plane of the profile "demo"') })
  })

  it('saves a plan, refuses a changed file, and applies the plan once', async () => {
    const sandbox = await createSandbox()
    const name = 'saved'
    const release = { name, namespace: name, chart: { path: 'small' }, timeoutSeconds: 60 }
    await cp(join(chartsFolder, 'small'), join(sandbox.folder, 'small'), { recursive: true })
    const profile = await sandbox.file('saved.yaml', profileOf(name, { releases: [release] }))
    const file = join(sandbox.folder, 'saved.plan')
    const where = ['--kubeconfig', on.bed.kubeconfig]

    const planned = await sandbox.run('plan', '--profile', profile, ...where, '--save', file)
    expect(planned).toMatchObject({ code: 0, stdout: expect.stringContaining('Install saved') })
    const unwritable = await sandbox.run('plan', '--plane', name, ...where, '--save', join(file, 'below'))
    expect(unwritable).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be saved') })
    const text = await readFile(file, 'utf8')
    const other = await sandbox.file('other.plan', text.replace('"action": "install"', '"action": "uninstall"'))
    const changed = await sandbox.run('apply', other, ...where, '--yes')
    expect(changed).toMatchObject({ code: 2, stderr: expect.stringContaining('PLAN_FILE_CHANGED') })
    const unasked = await sandbox.run('apply', file, ...where)
    expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining('Nothing was changed.') })

    const applied = await sandbox.run('apply', file, ...where, '--yes')
    expect(applied).toMatchObject({ code: 0, stderr: expect.stringContaining('done: Verify') })
    const again = await sandbox.run('apply', file, ...where, '--yes')
    expect(again).toMatchObject({ code: 2, stderr: expect.stringMatching(/PLAN_STALE: .*has changed: /) })
    expect(await revisions(await openClient(), name, name)).toEqual(['1 deployed'])
  })

  it('reaches a plane by another kubeconfig of its cluster, and finds it by its marks once its home is lost', async () => {
    const client = await openClient()
    const sandbox = await createSandbox()
    const name = 'moved'
    const release = { name, namespace: name, chart: { path: 'small' }, timeoutSeconds: 60 }
    await cp(join(chartsFolder, 'small'), join(sandbox.folder, 'small'), { recursive: true })
    const profile = await sandbox.file('moved.yaml', profileOf(name, { releases: [release] }))
    const first = await sandbox.file('first', await readFile(on.bed.kubeconfig, 'utf8'))
    const second = join(sandbox.folder, 'second')

    // A plane without credentials needs no vault, and this computer has no keychain.
    const installed = await sandbox.run('install', '--profile', profile, '--kubeconfig', first, '--yes')
    expect(installed.stderr).toContain('done: Verify')
    expect(installed.code).toBe(0)
    await rename(first, second)

    const lost = await sandbox.run('plan', '--plane', name)
    expect(lost.stderr).toMatch(/CONTEXT_UNKNOWN: .* --kubeconfig FILE, .*hangar set-context/)
    const reached = await sandbox.run('status', '--plane', name, '--kubeconfig', second)
    expect(reached.stderr).toContain('is on the cluster of the context')
    expect(reached.stderr).toContain(': live')
    const set = await sandbox.run('set-context', '--plane', name, '--kubeconfig', second, '--context', on.bed.name)
    expect(set.code).toBe(0)
    const planned = await sandbox.run('plan', '--plane', name, '--kubeconfig', second)
    expect(planned).toMatchObject({ code: 0, stdout: expect.stringContaining('Keep moved') })
    expect(planned.stderr).not.toContain('is on the cluster of the context')

    await rm(sandbox.state, { recursive: true })
    const where = ['--profile', profile, '--kubeconfig', second, '--context', on.bed.name]
    const found = await sandbox.run('status', ...where)
    expect(found.stderr).toContain(`Reconnected the plane "${name}"`)
    await rm(sandbox.state, { recursive: true })
    const connected = await sandbox.run('connect', ...where, '--yes')
    expect(connected).toMatchObject({ code: 0, stderr: expect.stringContaining(`Connected as "${name}"`) })
    expect(connected.stdout).toMatch(/moved +moved +found +Hangar/)
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
